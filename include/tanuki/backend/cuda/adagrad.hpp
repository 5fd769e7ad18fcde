#pragma once

// Adagrad on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/adagrad.hpp"

namespace tanuki::ops {

template <>
struct AdagradKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdagradStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> accumulator) {
    context.launch_over(weight.size(), "optimizers", "adagrad", weight.data, gradient.data, accumulator.data,
                        step.learning_rate, step.epsilon, weight.size());
  }
};

}  // namespace tanuki::ops
