#pragma once

// Nadam on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/nadam.hpp"

namespace tanuki::ops {

template <>
struct NadamKernel<Cuda> {
  static void update(Context<Cuda>& context, const NadamStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "nadam", updates, step.one_minus_beta_1, step.one_minus_beta_2,
                        step.next_u, step.momentum_divisor, step.one_minus_u, step.gradient_divisor,
                        step.velocity_divisor, step.epsilon);
  }
};

}  // namespace tanuki::ops
