#pragma once

// A moving average of a weight on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/moving_average.hpp"

namespace tanuki::ops {

template <>
struct MovingAverageKernel<Cpu> {
  static void update(Context<Cpu>& context, float momentum, WeightUpdates<Cpu> updates) {
    const float rest = 1.0f - momentum;
    for (const auto& of : updates)
      eigen::elementwise(context, of.size, [=, w = of.gradient, a = of.weight](Index i) {
        a[i] = momentum * a[i] + rest * w[i];
      });
  }
};

}  // namespace tanuki::ops
