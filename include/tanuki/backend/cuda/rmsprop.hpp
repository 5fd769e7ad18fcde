#pragma once

// RMSprop on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/rmsprop.hpp"

namespace tanuki::ops {

template <>
struct RmspropKernel<Cuda> {
  static void update(Context<Cuda>& context, const RmspropStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "rmsprop", updates, step.rho, step.one_minus_rho, step.epsilon,
                        step.momentum);
  }
};

}  // namespace tanuki::ops
