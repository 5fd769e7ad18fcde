#pragma once

// Adadelta on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adadelta.hpp"

namespace tanuki::ops {

template <>
struct AdadeltaKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdadeltaStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), a = block.slot(0), u = block.slot(1);
      const auto g = block.gradient();
      a = a * step.rho + g.square() * step.one_minus_rho;
      const auto move = (u + step.epsilon).sqrt() * g / (a + step.epsilon).sqrt();
      w -= move * block.of.rate;
      u = u * step.rho + move.square() * step.one_minus_rho;
    });
  }
};

}  // namespace tanuki::ops
