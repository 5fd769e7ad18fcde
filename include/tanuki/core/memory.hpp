#pragma once

// Where a backend's numbers live: allocation and copies. One owner, Buffer; no reference counts.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "tanuki/core/backend.hpp"
#include "tanuki/core/huge_pages.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

class SpareMemory;

/// Bytes of Memory<Cpu>: see configure.hpp.
struct HostMemory {
  std::atomic<std::size_t> used{0}, most{0};
  std::mutex mutex;
  std::vector<const SpareMemory*> spare;  ///< guarded by the mutex

  bool has_room(std::size_t bytes) const { return most == 0 || used + bytes <= most; }

  /// Counts so many bytes, unless they would go beyond the limit: then others never see them counted.
  bool take(std::size_t bytes) {
    const std::size_t limit = most;
    std::size_t before = used;
    do {
      if (limit != 0 && (before > limit || bytes > limit - before)) return false;
    } while (!used.compare_exchange_weak(before, before + bytes));
    return true;
  }
  void give_back_spare();
};
inline HostMemory& host_memory() {
  static HostMemory memory;
  return memory;
}

/// Says of something that it holds memory which it can do without. Where an allocation would go beyond the limit, the function
/// is called, on any thread, one at a time: it frees what it can, and allocates no Memory<Cpu>.
class SpareMemory {
 public:
  explicit SpareMemory(std::function<void()> give_back) : give_back_(std::move(give_back)) {
    std::lock_guard lock(host_memory().mutex);
    host_memory().spare.push_back(this);
  }
  SpareMemory(const SpareMemory&) = delete;
  SpareMemory& operator=(const SpareMemory&) = delete;
  ~SpareMemory() {
    std::lock_guard lock(host_memory().mutex);
    std::erase(host_memory().spare, this);
  }
  void give_back() const { give_back_(); }

 private:
  std::function<void()> give_back_;
};

inline void HostMemory::give_back_spare() {
  std::lock_guard lock(mutex);
  for (const auto* holder : spare) holder->give_back();
}

/// A backend specialises this with: allocate, release, zero, from_host, to_host, copy (counts are floats); one whose memory is not the
/// host's besides with upload: from_host that need not wait, for numbers that the backend reads next.
template <class B>
struct Memory {
  static_assert(backend_missing<B>,
                "this backend is not there: include tanuki/tanuki.hpp (Cpu) or tanuki/cuda.hpp (Cuda)");
};

template <>
struct Memory<Cpu> {
  /// 64 bytes; of what is large that of a huge page.
  static constexpr std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t(bytes >= 4 * huge_page ? huge_page : 64);
  }

  /// Throws Error where so much memory is not to be had, or would go beyond the limit of configure().
  static float* allocate(std::size_t count) {
    constexpr std::size_t most = std::size_t(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(float);
    if (count > most) fail("[memory] there is no room for ", count, " numbers of ", sizeof(float), " bytes");
    const std::size_t bytes = count * sizeof(float);
    auto& host = host_memory();
    if (!host.take(bytes)) {
      host.give_back_spare();
      if (!host.take(bytes))
        fail("[memory] ", bytes, " bytes more than the ", host.used,
             " in use would go beyond the memory_limit of ", host.most);
    }
    if (void* data = ::operator new(bytes, alignment(bytes), std::nothrow)) {
      if (bytes >= 4 * huge_page) ask_for_huge_pages(data, bytes);
      return static_cast<float*>(data);
    }
    host.used -= bytes;
    fail("[memory] there is no room for ", count, " numbers of ", sizeof(float), " bytes");
  }
  /// Below the limit of configure(); nothing where there is none.
  static std::optional<Index> free_bytes() {
    const std::size_t most = host_memory().most, used = host_memory().used;
    return most == 0 ? std::nullopt : std::optional(Index(most - std::min(used, most)));
  }
  static void release(float* data, std::size_t count) noexcept {
    ::operator delete(data, alignment(count * sizeof(float)));
    host_memory().used -= count * sizeof(float);
  }
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
    if (data_) Memory<B>::release(data_, std::size_t(size_));
  }

  float* data() { return data_; }
  const float* data() const { return data_; }
  Index size() const { return size_; }

 private:
  float* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace tanuki
