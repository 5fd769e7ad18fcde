#pragma once

namespace tanuki {

/// Where a file has its probe (io/probe.hpp): in the metadata of safetensors, the attributes of an HDF5 file's root. Keras
/// does not look at it.
inline constexpr const char* probe_key = "tanuki_probe";

}  // namespace tanuki
