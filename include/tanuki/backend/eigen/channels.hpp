#pragma once

// Loops over a (rows, channels) matrix, which is what any channels-last tensor is: per-channel arithmetic,
// and sums down each channel. Blocks are fixed, so the bits do not depend on the number of threads.

#include <algorithm>
#include <vector>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"

namespace tanuki::eigen {

/// Rows in a block: some 32,768 numbers.
inline Index row_grain(Index channels) { return std::max<Index>(1, (Index{1} << 15) / channels); }

/// fn(i, c) for every element i and its channel c, see vector_loop.
template <class Fn>
void each_channel(Context<Cpu>& context, Index rows, Index channels, Fn fn) {
  context.parallel_blocks(rows, row_grain(channels), [&](Index first, Index last) {
    for (Index row = first; row < last; ++row) {
      const Index start = row * channels;
      vector_loop(0, channels, [=](Index c) { fn(start + c, c); });
    }
  });
}

/// Two sums for each channel; fn(i, c, a, b) adds element i's share to both. In double precision.
struct ChannelSums {
  std::vector<double> a, b;

  template <class Fn>
  ChannelSums(Context<Cpu>& context, Index rows, Index channels, Fn fn)
      : a(std::size_t(channels)), b(std::size_t(channels)) {
    const Index grain = row_grain(channels);
    const Index blocks = (rows + grain - 1) / grain;
    std::vector<double> partial(std::size_t(blocks * 2 * channels));
    context.parallel_blocks(rows, grain, [&](Index first, Index last) {
      double* sum_a = partial.data() + first / grain * 2 * channels;
      double* sum_b = sum_a + channels;
      for (Index row = first; row < last; ++row) {
        const Index start = row * channels;
        vector_loop(0, channels, [=](Index c) {
          double next_a = sum_a[c], next_b = sum_b[c];
          fn(start + c, c, next_a, next_b);
          sum_a[c] = next_a, sum_b[c] = next_b;
        });
      }
    });
    for (Index block = 0; block < blocks; ++block) {
      const double* sums = partial.data() + block * 2 * channels;
      for (Index c = 0; c < channels; ++c) {
        a[std::size_t(c)] += sums[c];
        b[std::size_t(c)] += sums[channels + c];
      }
    }
  }
};

}  // namespace tanuki::eigen
