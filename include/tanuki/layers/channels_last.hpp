#pragma once

// For layers whose kernel has the channels last, and whose `axis` may say that they are elsewhere.

#include <numeric>
#include <utility>
#include <vector>

#include "tanuki/layers/options.hpp"
#include "tanuki/ops/permute.hpp"

namespace tanuki {

/// What `work` makes of x with `axis` (Keras', which counts the batch axis) last, with the axes back in their places.
template <class B, class Work>
ops::Value<B> channels_last(ops::Value<B> x, Index axis, Work work) {
  const std::size_t from = find_axis(axis, x.shape()), last = x.shape().rank() - 1;
  if (from == last) return work(x);
  std::vector<std::size_t> order(last + 1);  // its own inverse
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[from], order[last]);
  return ops::permute(work(ops::permute(x, order)), order);
}

}  // namespace tanuki
