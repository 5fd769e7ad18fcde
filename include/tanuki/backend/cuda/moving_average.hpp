#pragma once

// A moving average of a weight on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/moving_average.hpp"

namespace tanuki::ops {

template <>
struct MovingAverageKernel<Cuda> {
  static void update(Context<Cuda>& context, float momentum, ConstTensorView<Cuda> weight,
                     TensorView<Cuda> average) {
    context.launch_over(average.size(), "channels", "move", weight.data, momentum, 1.0f - momentum,
                        average.data, average.size());
  }
};

}  // namespace tanuki::ops
