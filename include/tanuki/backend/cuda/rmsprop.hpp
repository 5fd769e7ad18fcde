#pragma once

// RMSprop on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/rmsprop.hpp"

namespace tanuki::ops {

template <>
struct RmspropKernel<Cuda> {
  static void update(Context<Cuda>& context, const RmspropStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> velocity, TensorView<Cuda> momentum,
                     TensorView<Cuda> average) {
    context.launch_over(weight.size(), "optimizers", "rmsprop", weight.data, gradient.data, velocity.data,
                        momentum.data, average.data, step.learning_rate, step.rho, step.one_minus_rho,
                        step.epsilon, step.momentum, weight.size());
  }
};

}  // namespace tanuki::ops
