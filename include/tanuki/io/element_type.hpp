#pragma once

// The number formats of weight files and their way to float32. 64-bit integers and doubles are rounded.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// IEEE binary16 as it lies in a file.
struct Float16 {
  std::uint16_t bits;

  explicit operator float() const {
    const std::uint32_t sign = std::uint32_t(bits & 0x8000u) << 16;
    const std::uint32_t magnitude = bits & 0x7FFFu;
    if (magnitude < 0x0400u) {  // zero and subnormals: a multiple of 2^-24
      const float value = float(magnitude) * 0x1p-24f;
      return sign ? -value : value;
    }
    const std::uint32_t rebias = magnitude >= 0x7C00u ? (255u - 31u) << 23 : (127u - 15u) << 23;
    return std::bit_cast<float>(sign | ((magnitude << 13) + rebias));
  }
};

/// bfloat16: the upper half of a float32.
struct BFloat16 {
  std::uint16_t bits;

  explicit operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};

struct ElementType {
  std::string_view name;  // as safetensors spells it
  Index size;             // bytes
  void (*to_float)(const std::byte* from, float* to, std::size_t count);
};

/// The type of that name; null where it is unknown or no number.
inline const ElementType* find_element_type(std::string_view name) {
  static_assert(std::endian::native == std::endian::little, "weight files are little-endian");
  constexpr auto convert = []<class T>(T) {
    return [](const std::byte* from, float* to, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, from + i * sizeof(T), sizeof(T));
        to[i] = float(value);
      }
    };
  };
  static const ElementType types[] = {
      {"F32", 4, convert(float{})},         {"F16", 2, convert(Float16{})},
      {"BF16", 2, convert(BFloat16{})},     {"F64", 8, convert(double{})},
      {"U8", 1, convert(std::uint8_t{})},   {"I8", 1, convert(std::int8_t{})},
      {"U16", 2, convert(std::uint16_t{})}, {"I16", 2, convert(std::int16_t{})},
      {"U32", 4, convert(std::uint32_t{})}, {"I32", 4, convert(std::int32_t{})},
      {"U64", 8, convert(std::uint64_t{})}, {"I64", 8, convert(std::int64_t{})},
      {"BOOL", 1, convert(std::uint8_t{})},
  };
  for (const ElementType& type : types) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

}  // namespace tanuki
