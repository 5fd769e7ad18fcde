#pragma once

// The checksum of zip and PNG: CRC-32, polynomial 0xEDB88320, reflected. Sixteen bytes at a time by tables, sixty-four by
// carry-less products where the processor has them. Sources: Kounavis and Berry, "A systematic approach to building high
// performance software-based CRC generators" (2005); Gopal et al., "Fast CRC computation for generic polynomials using
// PCLMULQDQ instruction" (2009).

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__) && defined(__GNUC__)
#define TANUKI_CRC32_PRODUCTS 1
#include <immintrin.h>
#endif

namespace tanuki {
namespace detail {

using Crc32Tables = std::array<std::array<std::uint32_t, 256>, 16>;

constexpr Crc32Tables make_crc32_tables() {
  Crc32Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xEDB8'8320u : 0);
    tables[0][byte] = value;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}

inline constexpr Crc32Tables crc32_tables = make_crc32_tables();

/// The state after these bytes.
inline std::uint32_t crc32_by_tables(std::span<const std::byte> bytes, std::uint32_t crc) {
  static_assert(std::endian::native == std::endian::little, "the words are taken apart as little-endian");
  const auto& tables = crc32_tables;
  while (bytes.size() >= 16) {
    std::array<std::uint32_t, 4> words;
    std::memcpy(words.data(), bytes.data(), 16);
    words[0] ^= crc;
    crc = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) crc ^= tables[15 - 4 * i - j][words[i] >> (8 * j) & 255];
    }
    bytes = bytes.subspan(16);
  }
  for (const std::byte byte : bytes) crc = (crc >> 8) ^ tables[0][(crc ^ std::uint32_t(byte)) & 255];
  return crc;
}

#ifdef TANUKI_CRC32_PRODUCTS

/// x^n modulo the polynomial, the coefficient of x^d in bit 63 - d.
constexpr std::int64_t crc32_power(int n) {
  std::uint32_t power = 0x8000'0000u;
  for (; n > 0; --n) power = (power >> 1) ^ (power & 1 ? 0xEDB8'8320u : 0);
  return std::int64_t(std::uint64_t{power} << 32);
}

/// What is congruent to `x` times x^D, for `powers` x^(D + 63) and x^(D - 1): a product of reflected numbers comes out one
/// degree too high.
__attribute__((target("pclmul"))) inline __m128i crc32_fold(__m128i x, __m128i powers) {
  return _mm_xor_si128(_mm_clmulepi64_si128(x, powers, 0x00), _mm_clmulepi64_si128(x, powers, 0x11));
}

/// The state after these bytes, of which there are at least 64: four strands of 128 bits go through them, are folded into
/// one, and that stands for all bytes before it.
__attribute__((target("pclmul"))) inline std::uint32_t crc32_by_products(std::span<const std::byte> bytes,
                                                                         std::uint32_t crc) {
  const __m128i by_four = _mm_set_epi64x(crc32_power(511), crc32_power(575)),
                by_one = _mm_set_epi64x(crc32_power(127), crc32_power(191));
  const auto* from = reinterpret_cast<const __m128i*>(bytes.data());
  const std::size_t blocks = bytes.size() / 64;
  __m128i x[4];
  for (int i = 0; i < 4; ++i) x[i] = _mm_loadu_si128(from + i);
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128(int(crc)));
  for (std::size_t block = 1; block < blocks; ++block) {
    from += 4;
    for (int i = 0; i < 4; ++i) x[i] = _mm_xor_si128(crc32_fold(x[i], by_four), _mm_loadu_si128(from + i));
  }
  for (int i = 1; i < 4; ++i) x[i] = _mm_xor_si128(crc32_fold(x[i - 1], by_one), x[i]);
  std::array<std::byte, 16> all;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(all.data()), x[3]);
  return crc32_by_tables(bytes.subspan(64 * blocks), crc32_by_tables(all, 0));
}

#endif

}  // namespace detail

/// `before`: the checksum of the bytes before these, where they come in parts.
inline std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0) {
#ifdef TANUKI_CRC32_PRODUCTS
  static const bool products = __builtin_cpu_supports("pclmul");
  if (products && bytes.size() >= 64) return ~detail::crc32_by_products(bytes, ~before);
#endif
  return ~detail::crc32_by_tables(bytes, ~before);
}

}  // namespace tanuki
