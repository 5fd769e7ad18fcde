#pragma once

// What a device is given to do: kernels with their arguments, and matrix products.

#include <cstddef>
#include <type_traits>

namespace tanuki::gpu {

/// Of a kernel's grid, or of the threads of a block.
struct Extent {
  unsigned x = 1, y = 1, z = 1;
  bool operator==(const Extent&) const = default;
};

/// What a kernel's parameter is; a device may check it.
enum class ArgumentKind {
  pointer_to_float,
  pointer_to_double,
  pointer_to_integer,
  floating,
  integer,
  structure
};

/// A value for a kernel's parameter, where it lies.
struct Argument {
  const void* value;
  std::size_t size;
  ArgumentKind kind;
  bool constant;  ///< a pointer that is read only
};

template <class T>
constexpr ArgumentKind argument_kind() {
  using Pointed = std::remove_pointer_t<T>;
  if constexpr (std::is_pointer_v<T>) {
    if constexpr (std::is_same_v<std::remove_const_t<Pointed>, float>) return ArgumentKind::pointer_to_float;
    if constexpr (std::is_same_v<std::remove_const_t<Pointed>, double>)
      return ArgumentKind::pointer_to_double;
    return ArgumentKind::pointer_to_integer;
  } else if constexpr (std::is_floating_point_v<T>) {
    return ArgumentKind::floating;
  } else if constexpr (std::is_integral_v<T>) {
    return ArgumentKind::integer;
  } else {
    return ArgumentKind::structure;
  }
}

template <class T>
Argument argument(const T& value) {
  return {&value, sizeof(T), argument_kind<T>(),
          std::is_pointer_v<T> && std::is_const_v<std::remove_pointer_t<T>>};
}

/// What a product's factors are rounded to.
enum class Precision { float32, tf32, bfloat16 };

/// Row-major: c (rows, columns) = relu(a·b + with · c + bias), where a (rows, inner) and b (inner, columns) may be
/// given transposed. bias (columns) may be null; c is read from `addend`, of c's shape, where that is not null.
struct Product {
  const float *a, *b;
  float* c;
  long long rows, columns, inner;
  bool a_transposed = false, b_transposed = false;
  const float* addend = nullptr;
  const float* bias = nullptr;
  bool relu = false;
  Precision precision = Precision::float32;
  bool operator==(const Product&) const = default;
};

}  // namespace tanuki::gpu
