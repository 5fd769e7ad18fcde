#pragma once

// Weight decay on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/weight_decay.hpp"

namespace tanuki::ops {

template <>
struct WeightDecayKernel<Cuda> {
  static void apply(Context<Cuda>& context, float decay, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "weight_decay", updates, decay);
  }
};

}  // namespace tanuki::ops
