#pragma once

// A moving average of a weight on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/moving_average.hpp"

namespace tanuki::ops {

template <>
struct MovingAverageKernel<Cpu> {
  static void update(Context<Cpu>& context, float momentum, ConstTensorView<Cpu> weight,
                     TensorView<Cpu> average) {
    const float rest = 1.0f - momentum;
    eigen::elementwise(context, average.size(), [=, w = weight.data, a = average.data](Index i) {
      a[i] = momentum * a[i] + rest * w[i];
    });
  }
};

}  // namespace tanuki::ops
