#pragma once

// A moving average of a weight: average = average · momentum + weight · (1 - momentum).
// (keras/src/optimizers/base_optimizer.py)

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

/// A backend gives: update(context, momentum, weight, average), views of equal size.
template <class B>
struct MovingAverageKernel {
  static_assert(backend_missing<B>,
                "this backend has no moving_average kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
