#pragma once

// The loop that the optimizers' kernels share: fixed blocks over the threads, small enough that the several
// statements on a block find it in the cache.

#include <Eigen/Core>

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::eigen {

using ConstArray = Eigen::Map<const Eigen::ArrayXf>;
using Array = Eigen::Map<Eigen::ArrayXf>;

/// fn(first, count) over blocks of [0, count).
template <class Fn>
void weight_blocks(Context<Cpu>& context, Index count, Fn fn) {
  context.parallel_blocks(count, 1 << 15, [&](Index first, Index last) {
    for (Index at = first; at < last; at += 1 << 10) fn(at, std::min<Index>(1 << 10, last - at));
  });
}

}  // namespace tanuki::eigen
