#pragma once

// What is written into Keras' files about who wrote them.

namespace tanuki {

/// The attribute of a file's root in which its probe is, which Keras does not look at (see io/probe.hpp).
inline constexpr const char* keras_probe = "tanuki_probe";

namespace keras {

/// The version whose format is written.
inline constexpr const char* written_version = "3.15.0";

}  // namespace keras
}  // namespace tanuki
