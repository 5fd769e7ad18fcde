#pragma once

// Adadelta on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/adadelta.hpp"

namespace tanuki::ops {

template <>
struct AdadeltaKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdadeltaStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "adadelta", updates, step.rho, step.one_minus_rho,
                        step.epsilon);
  }
};

}  // namespace tanuki::ops
