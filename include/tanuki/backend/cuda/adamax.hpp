#pragma once

// Adamax on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/adamax.hpp"

namespace tanuki::ops {

template <>
struct AdamaxKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdamaxStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "adamax", updates, step.one_minus_beta_1, step.beta_2,
                        step.correction, step.epsilon);
  }
};

}  // namespace tanuki::ops
