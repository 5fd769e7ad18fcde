#pragma once

// bfloat16 numbers: the upper half of a float32, kept as bits. to_bf16 rounds to nearest, ties to even; what
// overflows becomes infinity, a NaN stays a (quiet) NaN, and what float32 itself has as a denormal becomes a
// zero of its sign. That is what the processors' own instruction (vcvtneps2bf16) does, so every instruction set
// gives the same bits.

#include <bit>
#include <cstdint>

namespace tanuki::eigen {

using Bf16 = std::uint16_t;

/// Two that are multiplied and added at once, as they lie in memory: the first in the lower half.
using Bf16Pair = std::uint32_t;
static_assert(std::endian::native == std::endian::little, "tanuki reads and writes little-endian numbers");

constexpr Bf16 to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return Bf16(bits >> 16 | 0x40u);
  if (magnitude < 0x00800000u) return Bf16(bits >> 16 & 0x8000u);
  return Bf16((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// Exact.
constexpr float from_bf16(Bf16 x) { return std::bit_cast<float>(std::uint32_t(x) << 16); }

}  // namespace tanuki::eigen
