#pragma once

// The backend's tag, and memory of the GPU. What is done to it is in the order of the device's main stream.

#include <cstdio>
#include <optional>

#include "tanuki/backend/cuda/device/current_device.hpp"
#include "tanuki/backend/cuda/staging.hpp"
#include "tanuki/core/memory.hpp"

namespace tanuki {

/// The GPU backend, in `tanuki/cuda.hpp`.
struct Cuda {};

namespace gpu {

/// "1.50 GiB"
inline std::string gib(std::size_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GiB", double(bytes) / double(std::size_t{1} << 30));
  return text;
}

}  // namespace gpu

template <>
struct Memory<Cuda> {
  /// Throws Error where so much memory is not to be had.
  static float* allocate(std::size_t count) {
    constexpr std::size_t most = std::size_t(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(float);
    void* data = count > most ? nullptr : gpu::device().allocate(count * sizeof(float));
    if (data) return static_cast<float*>(data);
    const auto left = gpu::device().memory();
    fail("[memory] ", count, " numbers of 4 bytes (", gpu::gib(count * sizeof(float)), ") were asked for, ",
         gpu::gib(left.free), " of ", gpu::gib(left.total), " are free on ", gpu::device().name());
  }
  static std::optional<Index> free_bytes() { return Index(gpu::device().memory().free); }
  static void release(float* data, std::size_t) noexcept { gpu::device().release(data); }
  static void zero(float* to, std::size_t count) {
    gpu::device().zero(gpu::device().main_stream(), to, count * sizeof(float));
  }
  static void copy(float* to, const float* from, std::size_t count) {
    gpu::device().copy(gpu::device().main_stream(), to, from, count * sizeof(float));
  }
  static void from_host(float* to, const float* from, std::size_t count) {
    gpu::device().copy_from_host(gpu::device().main_stream(), to, from, count * sizeof(float));
  }
  static void upload(float* to, const float* from, std::size_t count) {
    gpu::staging().upload(to, from, count);
  }
  static void to_host(float* to, const float* from, std::size_t count) {
    gpu::device().copy_to_host(gpu::device().main_stream(), to, from, count * sizeof(float));
  }
};

}  // namespace tanuki
