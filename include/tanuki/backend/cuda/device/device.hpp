#pragma once

// The seam between the backend and the hardware: memory, streams, events, kernels by name, and the matrix product.
// CudaDevice (cuda_device.hpp) is a GPU; the tests have one that runs on the host. All work is in the order of its
// stream, and done by the time that synchronize() returns.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "tanuki/core/error.hpp"

namespace tanuki {

namespace gpu {

/// Of a kernel's grid, or of the threads of a block.
struct Extent {
  unsigned x = 1, y = 1, z = 1;
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
};

struct MemoryLeft {
  std::size_t free, total;
};

using Stream = void*;
using Event = void*;

class Device {
 public:
  virtual ~Device() = default;

  virtual std::string name() const = 0;
  virtual MemoryLeft memory() = 0;

  /// The stream that ops work on. Null is never one.
  virtual Stream main_stream() = 0;
  virtual Stream create_stream() = 0;
  virtual void destroy(Stream stream) noexcept = 0;
  /// The host waits until all that is in the stream is done.
  virtual void synchronize(Stream stream) = 0;

  virtual Event create_event() = 0;
  virtual void destroy_event(Event event) noexcept = 0;
  /// The event stands for all that is in the stream now.
  virtual void record(Event event, Stream stream) = 0;
  /// What comes into the stream later waits for the event.
  virtual void wait(Stream stream, Event event) = 0;
  /// The host waits for the event.
  virtual void synchronize_event(Event event) = 0;

  /// To be used in the main stream, or where that was waited for; null where there is no room.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  /// Memory of the host that copies are quick from; throws Error where there is no room.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  virtual void release_pinned(void* memory) noexcept = 0;

  /// Between memory of the device and pinned memory, or of the device alone.
  virtual void copy(Stream stream, void* to, const void* from, std::size_t bytes) = 0;
  virtual void zero(Stream stream, void* to, std::size_t bytes) = 0;
  /// From or to any memory of the host, which may be used at once when it returns.
  virtual void copy_from_host(Stream stream, void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy_to_host(Stream stream, void* to, const void* from, std::size_t bytes) = 0;

  /// The kernel `name` of backend/cuda/kernels/`file`.inc.
  virtual void launch(Stream stream, std::string_view file, std::string_view name, Extent grid, Extent block,
                      std::span<const Argument> arguments) = 0;
  virtual void multiply(Stream stream, const Product& product) = 0;
};

}  // namespace gpu
}  // namespace tanuki
