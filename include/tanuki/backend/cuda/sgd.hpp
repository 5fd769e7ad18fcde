#pragma once

// Gradient descent on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/sgd.hpp"

namespace tanuki::ops {

template <>
struct SgdKernel<Cuda> {
  static void update(Context<Cuda>& context, const SgdStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum) {
    context.launch_over(weight.size(), "optimizers", "sgd", weight.data, gradient.data, momentum.data,
                        step.learning_rate, step.momentum, int(step.nesterov), weight.size());
  }
};

}  // namespace tanuki::ops
