#pragma once

// Nadam on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/nadam.hpp"

namespace tanuki::ops {

template <>
struct NadamKernel<Cuda> {
  static void update(Context<Cuda>& context, const NadamStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum, TensorView<Cuda> velocity) {
    context.launch_over(weight.size(), "optimizers", "nadam", weight.data, gradient.data, momentum.data,
                        velocity.data, step.learning_rate, step.one_minus_beta_1, step.one_minus_beta_2,
                        step.next_u, step.momentum_divisor, step.one_minus_u, step.gradient_divisor,
                        step.velocity_divisor, step.epsilon, weight.size());
  }
};

}  // namespace tanuki::ops
