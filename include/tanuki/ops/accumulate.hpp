#pragma once

// Sums of gradients: of those that reach one value or weight from several sides, and over batches.

#include "tanuki/ops/op.hpp"
#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

/// A backend gives: sum(context, a, b, out), out = a + b, all of one size, out may be a or b. And for sums in the place of
/// weights: add(context, updates), of their gradients; divide(context, divisor, updates); clear(context, updates), to 0.
template <class B>
struct AccumulateKernel {
  static_assert(backend_missing<B>,
                "this backend has no accumulate kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
