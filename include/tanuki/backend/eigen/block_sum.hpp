#pragma once

// The reduction that losses and metrics share: fixed blocks over the threads, their sums added in order, so
// that the result does not depend on the number of threads.

#include <vector>

#include "tanuki/core/context.hpp"

namespace tanuki::eigen {

/// The sum of fn(first, last) over fixed blocks of [0, count). A Sum starts at its default and has +=.
template <class Sum, class Fn>
Sum block_sum(Context<Cpu>& context, Index count, Index grain, Fn fn) {
  std::vector<Sum> sums(static_cast<std::size_t>((count + grain - 1) / grain));
  context.parallel_blocks(
      count, grain, [&](Index first, Index last) { sums[std::size_t(first / grain)] = fn(first, last); });
  Sum total{};
  for (const Sum& sum : sums) total += sum;
  return total;
}

/// Rows a block, so that a block is worth a thread's while.
inline Index rows_per_block(Index columns) { return columns >= (1 << 14) ? 1 : (1 << 14) / columns; }

}  // namespace tanuki::eigen
