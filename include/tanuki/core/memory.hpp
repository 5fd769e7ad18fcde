#pragma once

// Where a backend's numbers live: allocation and copies. One owner, Buffer; no reference counts.

#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "tanuki/core/backend.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

/// A backend specialises this with: allocate, release, zero, from_host, to_host, copy (counts are floats).
template <class B>
struct Memory {
  static_assert(backend_missing<B>,
                "this backend is not there: include tanuki/tanuki.hpp (Cpu) or tanuki/cuda.hpp (Cuda)");
};

template <>
struct Memory<Cpu> {
  static constexpr std::align_val_t alignment{64};

  /// Throws Error where so much memory is not to be had.
  static float* allocate(std::size_t count) {
    constexpr std::size_t most = std::size_t(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(float);
    void* data = count > most ? nullptr : ::operator new(count * sizeof(float), alignment, std::nothrow);
    if (!data) fail("[memory] there is no room for ", count, " numbers of ", sizeof(float), " bytes");
    return static_cast<float*>(data);
  }
  static void release(float* data) noexcept { ::operator delete(data, alignment); }
  static void zero(float* to, std::size_t count) { std::memset(to, 0, count * sizeof(float)); }
  static void copy(float* to, const float* from, std::size_t count) {
    std::memcpy(to, from, count * sizeof(float));
  }
  static void from_host(float* to, const float* from, std::size_t count) { copy(to, from, count); }
  static void to_host(float* to, const float* from, std::size_t count) { copy(to, from, count); }
};

/// An owned, 64-byte aligned, uninitialised block of floats. Moves; does not copy.
template <class B>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(Index count)
      : data_(count ? Memory<B>::allocate(std::size_t(count)) : nullptr), size_(count) {}
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() {
    if (data_) Memory<B>::release(data_);
  }

  float* data() { return data_; }
  const float* data() const { return data_; }
  Index size() const { return size_; }

 private:
  float* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace tanuki
