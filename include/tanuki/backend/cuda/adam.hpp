#pragma once

// Adam on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdamStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum, TensorView<Cuda> velocity,
                     TensorView<Cuda> velocity_hat = {}) {
    context.launch_over(weight.size(), "optimizers", "adam", weight.data, gradient.data, momentum.data,
                        velocity.data, velocity_hat.data, step.alpha, step.one_minus_beta_1,
                        step.one_minus_beta_2, step.epsilon, weight.size());
  }
};

}  // namespace tanuki::ops
