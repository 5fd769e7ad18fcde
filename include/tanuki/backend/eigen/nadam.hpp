#pragma once

// Nadam on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/nadam.hpp"

namespace tanuki::ops {

template <>
struct NadamKernel<Cpu> {
  static void update(Context<Cpu>& context, const NadamStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), m = block.slot(0), v = block.slot(1);
      const auto g = block.gradient();
      m += (g - m) * step.one_minus_beta_1;
      v += (g.square() - v) * step.one_minus_beta_2;
      w -= (m * step.next_u / step.momentum_divisor + g * step.one_minus_u / step.gradient_divisor) *
           block.of.rate / ((v / step.velocity_divisor).sqrt() + step.epsilon);
    });
  }
};

}  // namespace tanuki::ops
