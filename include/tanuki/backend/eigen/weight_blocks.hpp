#pragma once

// The loop that the optimizers' kernels share: fixed blocks over the threads, small enough that the several
// statements on a block find it in the cache.

#include <Eigen/Core>

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::eigen {

using ConstArray = Eigen::Map<const Eigen::ArrayXf>;
using Array = Eigen::Map<Eigen::ArrayXf>;

/// `count` numbers of a weight, from number `first` on.
struct WeightBlock {
  const ops::WeightUpdate<Cpu>& of;
  Index first, count;

  Array weight() const { return {of.weight + first, count}; }
  ConstArray gradient() const { return {of.gradient + first, count}; }
  bool has(std::size_t slot) const { return of.slots[slot] != nullptr; }
  Array slot(std::size_t i) const { return {of.slots[i] + first, count}; }
};

/// fn(block) over the blocks of one weight after the other.
template <class Fn>
void weight_blocks(Context<Cpu>& context, ops::WeightUpdates<Cpu> updates, Fn fn) {
  for (const auto& of : updates) {
    context.parallel_blocks(of.size, 1 << 15, [&](Index first, Index last) {
      for (Index at = first; at < last; at += 1 << 10)
        fn(WeightBlock{of, at, std::min<Index>(1 << 10, last - at)});
    });
  }
}

}  // namespace tanuki::eigen
