#pragma once

// Whether numbers are numbers: a training step asks before it moves a weight.

#include "tanuki/ops/op.hpp"

namespace tanuki::ops {

/// A backend gives: all(context, x), true where no element is infinite or NaN.
template <class B>
struct FiniteKernel {
  static_assert(backend_missing<B>,
                "this backend has no finite kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
