#pragma once

// Parts of Stage::description().

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/crc32.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki {

/// Any bytes, in a word.
inline std::string checksum(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::uint32_t crc = crc32(bytes);
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[crc >> shift & 15];
  return text;
}

inline std::string described(const Tensor<Cpu>& tensor) {
  return tensor.shape().str() + " " +
         checksum(std::as_bytes(std::span(tensor.data(), std::size_t(tensor.size()))));
}

inline std::string described(const std::vector<Index>& entries) {
  return std::to_string(entries.size()) + " entries " + checksum(std::as_bytes(std::span(entries)));
}

/// ".name(1, 2)".
template <class... Args>
std::string described_step(std::string_view name, Args... args) {
  std::string text = "." + std::string(name) + "(";
  [[maybe_unused]] const char* comma = "";
  ((text += comma + std::to_string(args), comma = ", "), ...);
  return text + ")";
}

}  // namespace tanuki
