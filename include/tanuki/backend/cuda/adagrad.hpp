#pragma once

// Adagrad on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/adagrad.hpp"

namespace tanuki::ops {

template <>
struct AdagradKernel<Cuda> {
  static void update(Context<Cuda>& context, const AdagradStep& step, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "adagrad", updates, step.epsilon);
  }
};

}  // namespace tanuki::ops
