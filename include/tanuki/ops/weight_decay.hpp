#pragma once

// Weight decay beside the gradient: w -= w · decay · learning rate. (keras/src/optimizers/base_optimizer.py; Loshchilov
// and Hutter, arXiv:1711.05101)

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

/// A backend gives: apply(context, decay, updates), of weights and their rates.
template <class B>
struct WeightDecayKernel {
  static_assert(backend_missing<B>,
                "this backend has no weight_decay kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
