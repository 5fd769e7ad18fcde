#pragma once

// sum = a + b, for gradients that reach one value or weight from several sides.

#include "tanuki/ops/op.hpp"

namespace tanuki::ops {

/// A backend gives: sum(context, a, b, out); all of one size, out may be a or b.
template <class B>
struct AccumulateKernel {
  static_assert(backend_missing<B>,
                "this backend has no accumulate kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
