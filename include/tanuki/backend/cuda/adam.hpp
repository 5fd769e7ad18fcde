#pragma once

// Adam on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdamStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "adam", updates, step.one_minus_beta_1, step.one_minus_beta_2,
                        step.epsilon);
  }
};

}  // namespace tanuki::ops
