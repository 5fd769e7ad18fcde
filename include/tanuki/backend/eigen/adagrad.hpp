#pragma once

// Adagrad on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adagrad.hpp"

namespace tanuki::ops {

template <>
struct AdagradKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdagradStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), a = block.slot(0);
      const auto g = block.gradient();
      a += g.square();
      w -= g * block.of.rate / (a + step.epsilon).sqrt();
    });
  }
};

}  // namespace tanuki::ops
