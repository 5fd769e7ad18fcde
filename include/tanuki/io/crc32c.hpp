#pragma once

// The checksum of TFRecord files: CRC-32C, polynomial 0x82F63B78, reflected. (RFC 3720, B.4)

#include <array>
#include <cstdint>
#include <string_view>

namespace tanuki {
namespace detail {

constexpr std::array<std::uint32_t, 256> make_crc32c_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    table[byte] = byte;
    for (int bit = 0; bit < 8; ++bit) table[byte] = (table[byte] >> 1) ^ (table[byte] & 1 ? 0x82F6'3B78u : 0);
  }
  return table;
}

inline constexpr auto crc32c_table = make_crc32c_table();

}  // namespace detail

constexpr std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) crc = (crc >> 8) ^ detail::crc32c_table[(crc ^ std::uint8_t(byte)) & 255];
  return ~crc;
}

/// As it is stored beside data that may hold checksums themselves. (tensorflow/core/lib/hash/crc32c.h)
constexpr std::uint32_t masked_crc32c(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282'EAD8u;
}

}  // namespace tanuki
