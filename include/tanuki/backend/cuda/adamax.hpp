#pragma once

// Adamax on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/adamax.hpp"

namespace tanuki::ops {

template <>
struct AdamaxKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdamaxStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum, TensorView<Cuda> norm) {
    context.launch_over(weight.size(), "optimizers", "adamax", weight.data, gradient.data, momentum.data,
                        norm.data, step.learning_rate, step.one_minus_beta_1, step.beta_2, step.correction,
                        step.epsilon, weight.size());
  }
};

}  // namespace tanuki::ops
