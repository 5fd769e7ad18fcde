#pragma once

// Where in one arena each buffer lies, so that buffers whose lives do not overlap share memory.
// Greedy by size, as in Pisarchyk and Lee, "Efficient memory management for deep neural net inference"
// (2020).

#include <algorithm>
#include <numeric>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// A buffer that is alive from time `first` to time `last`, both included.
struct BufferLife {
  Index per_image = 0;  ///< floats for each example of a batch
  Index fixed = 0;      ///< floats whatever the batch
  int first = 0;
  int last = 0;
};

struct MemoryLayout {
  std::vector<Index> offsets;  ///< in floats, one a buffer; each a multiple of 16 (64 bytes)
  Index size = 0;              ///< floats in all
};

inline MemoryLayout lay_out(const std::vector<BufferLife>& buffers, Index batch) {
  constexpr Index unit = 16;
  const auto floats = [&](std::size_t i) {
    return (buffers[i].per_image * batch + buffers[i].fixed + unit - 1) / unit * unit;
  };
  std::vector<std::size_t> by_size(buffers.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(), [&](auto a, auto b) { return floats(a) > floats(b); });

  MemoryLayout layout{std::vector<Index>(buffers.size(), 0), 0};
  std::vector<std::size_t> placed;  // by offset
  for (std::size_t i : by_size) {
    Index offset = 0;
    for (std::size_t other : placed) {
      const bool together =
          buffers[i].first <= buffers[other].last && buffers[other].first <= buffers[i].last;
      if (!together || layout.offsets[other] + floats(other) <= offset) continue;
      if (offset + floats(i) <= layout.offsets[other]) break;
      offset = layout.offsets[other] + floats(other);
    }
    layout.offsets[i] = offset;
    layout.size = std::max(layout.size, offset + floats(i));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](auto a, auto b) { return layout.offsets[a] < layout.offsets[b]; }),
                  i);
  }
  return layout;
}

}  // namespace tanuki
