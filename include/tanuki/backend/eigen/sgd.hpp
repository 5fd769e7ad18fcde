#pragma once

// Gradient descent on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/sgd.hpp"

namespace tanuki::ops {

template <>
struct SgdKernel<Cpu> {
  static void update(Context<Cpu>& context, const SgdStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight();
      const auto g = block.gradient();
      const float rate = block.of.rate;
      if (!block.has(0)) {
        w -= g * rate;
        return;
      }
      auto m = block.slot(0);
      m = m * step.momentum - g * rate;
      if (step.nesterov) {
        w += m * step.momentum - g * rate;
      } else {
        w += m;
      }
    });
  }
};

}  // namespace tanuki::ops
