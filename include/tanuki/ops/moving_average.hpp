#pragma once

// Moving averages of weights: average = average · momentum + weight · (1 - momentum).
// (keras/src/optimizers/base_optimizer.py)

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

/// A backend gives: update(context, momentum, updates): an average is in the place of a weight, and the
/// weight in that of its gradient.
template <class B>
struct MovingAverageKernel {
  static_assert(backend_missing<B>,
                "this backend has no moving_average kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
