#pragma once

// Adamax on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adamax.hpp"

namespace tanuki::ops {

template <>
struct AdamaxKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdamaxStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), m = block.slot(0), u = block.slot(1);
      const auto g = block.gradient();
      m += (g - m) * step.one_minus_beta_1;
      u = (u * step.beta_2).max(g.abs());
      w -= m * block.of.rate / ((u + step.epsilon) * step.correction);
    });
  }
};

}  // namespace tanuki::ops
