#pragma once

// Weight decay on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/weight_decay.hpp"

namespace tanuki::ops {

template <>
struct WeightDecayKernel<Cuda> {
  static void apply(Context<Cuda>& context, float decay, float learning_rate, TensorView<Cuda> weight) {
    context.launch_over(weight.size(), "optimizers", "weight_decay", weight.data, decay, learning_rate,
                        weight.size());
  }
};

}  // namespace tanuki::ops
