#pragma once

// Batches on their way to the GPU: through pinned memory and a stream of their own, so that the host need not wait.
// Numbers that are whole ones from 0 to 255, as the pixels of images are, go as a byte each, and are floats again there.

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "tanuki/backend/cuda/device/current_device.hpp"

namespace tanuki::gpu {

/// to[i] = from[i] where all are whole numbers from 0 to 255, and true; else false, with anything in `to`.
inline bool to_bytes(const float* from, std::size_t count, unsigned char* to) {
  std::size_t i = 0;
#if defined(__SSE2__)
  constexpr std::size_t lanes = 16, some = 1024;  // after so many it is asked whether to go on
  while (i + lanes <= count) {
    __m128i wrong = _mm_setzero_si128();
    for (const std::size_t end = std::min(count, i + some); i + lanes <= end; i += lanes) {
      __m128i whole[4];
      for (std::size_t part = 0; part < 4; ++part) {
        const __m128 value = _mm_loadu_ps(from + i + 4 * part);
        whole[part] = _mm_cvttps_epi32(value);
        const __m128i back = _mm_castps_si128(_mm_cvtepi32_ps(whole[part]));
        wrong = _mm_or_si128(wrong, _mm_xor_si128(back, _mm_castps_si128(value)));  // -0 is no 0
        wrong = _mm_or_si128(wrong, _mm_andnot_si128(_mm_set1_epi32(255), whole[part]));
      }
      const __m128i bytes =
          _mm_packus_epi16(_mm_packs_epi32(whole[0], whole[1]), _mm_packs_epi32(whole[2], whole[3]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), bytes);
    }
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) != 0xFFFF) return false;
  }
#endif
  for (; i < count; ++i) {
    if (!(from[i] >= 0 && from[i] <= 255)) return false;
    const float whole = float(to[i] = static_cast<unsigned char>(from[i]));
    if (std::memcmp(&whole, from + i, sizeof whole) != 0) return false;
  }
  return true;
}

class Staging {
 public:
  static constexpr std::size_t most = std::size_t{1} << 22;  ///< numbers that go at a time

  explicit Staging(Device& device) : device_(device), copies_(device.create_stream()) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /// What comes into the main stream later finds the numbers at `to`; the host may change `from` at once.
  void upload(float* to, const float* from, std::size_t count) {
    std::lock_guard lock(mutex_);
    for (std::size_t first = 0; first < count; first += most)
      put(to + first, from + first, std::min(most, count - first));
  }

 private:
  /// So many parts may be on their way.
  struct Slot {
    void *pinned = nullptr, *there = nullptr;
    std::size_t bytes = 0;
    Event copied = nullptr;  ///< the pinned memory may be written
    Event read = nullptr;    ///< the memory of the device may be written
  };

  void put(float* to, const float* from, std::size_t count) {
    const Stream main = device_.main_stream();
    Slot& slot = slots_[next_];
    next_ = (next_ + 1) % slots_.size();
    std::size_t bytes = count * sizeof(float);
    if (!has_room(slot, bytes)) return device_.copy_from_host(main, to, from, bytes);
    device_.synchronize_event(slot.copied);
    const bool whole = to_bytes(from, count, static_cast<unsigned char*>(slot.pinned));
    if (whole)
      bytes = count;
    else
      std::memcpy(slot.pinned, from, bytes);
    device_.wait(copies_, slot.read);
    device_.copy(copies_, slot.there, slot.pinned, bytes);
    device_.record(slot.copied, copies_);
    device_.wait(main, slot.copied);
    if (whole) {
      const auto* values = static_cast<const unsigned char*>(slot.there);
      const auto numbers = static_cast<long long>(count);
      const Argument arguments[] = {argument(values), argument(to), argument(numbers)};
      const unsigned blocks = unsigned(std::min<std::size_t>((count + 255) / 256, 1 << 15));
      device_.launch(main, "elementwise", "from_bytes", {blocks}, {256}, arguments);
    } else {
      device_.copy(main, to, slot.there, bytes);
    }
    device_.record(slot.read, main);
  }

  /// False where memory is so short that a copy must do without.
  bool has_room(Slot& slot, std::size_t bytes) {
    if (slot.bytes >= bytes) return true;
    if (without_ > 0) return --without_, false;
    if (slot.bytes) {
      device_.synchronize_event(slot.copied);
      device_.release(slot.there), device_.release_pinned(slot.pinned);
      slot.bytes = 0;
    }
    if (!slot.copied) slot.copied = device_.create_event(), slot.read = device_.create_event();
    try {
      slot.pinned = device_.allocate_pinned(bytes);
    } catch (const Error&) {
      return without_ = retry_after, false;
    }
    slot.there = device_.allocate(bytes);
    if (!slot.there) {
      device_.release_pinned(slot.pinned);
      return without_ = retry_after, false;
    }
    slot.bytes = bytes;
    device_.record(slot.copied, copies_);
    device_.record(slot.read, device_.main_stream());
    return true;
  }

  Device& device_;
  Stream copies_;
  std::mutex mutex_;
  std::array<Slot, 3> slots_;
  std::size_t next_ = 0;
  static constexpr int retry_after = 64;
  int without_ = 0;  ///< so many parts go without, as a try for memory that is not there is slow
};

/// The process's, for its device; it stays to the very end, as that does.
inline Staging& staging() {
  static auto* staging = new Staging(device());
  return *staging;
}

}  // namespace tanuki::gpu
