#pragma once

// Gradient descent on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/sgd.hpp"

namespace tanuki::ops {

template <>
struct SgdKernel<Cuda> {
  static void update(Context<Cuda>& context, const SgdStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "sgd", updates, step.momentum, int(step.nesterov));
  }
};

}  // namespace tanuki::ops
