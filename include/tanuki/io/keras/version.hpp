#pragma once

// What is written into Keras' files about who wrote them.

namespace tanuki::keras {

/// The version whose format is written.
inline constexpr const char* written_version = "3.15.0";

}  // namespace tanuki::keras
