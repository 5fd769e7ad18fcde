#pragma once

// Weight decay on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/weight_decay.hpp"

namespace tanuki::ops {

template <>
struct WeightDecayKernel<Cpu> {
  static void apply(Context<Cpu>& context, float decay, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates)
      eigen::elementwise(context, of.size,
                         [=, w = of.weight, rate = of.rate](Index i) { w[i] -= w[i] * decay * rate; });
  }
};

}  // namespace tanuki::ops
