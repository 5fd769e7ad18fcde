#pragma once

// Moving averages of weights on the GPU, many a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/moving_average.hpp"

namespace tanuki::ops {

template <>
struct MovingAverageKernel<Cuda> {
  static void update(Context<Cuda>& context, float momentum, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "moving_average", updates, momentum, 1.0f - momentum);
  }
};

}  // namespace tanuki::ops
