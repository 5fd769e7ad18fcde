#pragma once

// Adadelta on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/adadelta.hpp"

namespace tanuki::ops {

template <>
struct AdadeltaKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdadeltaStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> gradients, TensorView<Cuda> updates) {
    context.launch_over(weight.size(), "optimizers", "adadelta", weight.data, gradient.data, gradients.data,
                        updates.data, step.learning_rate, step.rho, step.one_minus_rho, step.epsilon,
                        weight.size());
  }
};

}  // namespace tanuki::ops
