#pragma once

// RMSprop on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/rmsprop.hpp"

namespace tanuki::ops {

template <>
struct RmspropKernel<Cpu> {
  static void update(Context<Cpu>& context, const RmspropStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), v = block.slot(0);
      const auto g = block.gradient();
      v = v * step.rho + g.square() * step.one_minus_rho;
      const auto move = [&](const auto& increment) {
        if (!block.has(1)) {
          w -= increment;
          return;
        }
        auto m = block.slot(1);
        m = m * step.momentum + increment;
        w -= m;
      };
      if (!block.has(2)) return move(g * block.of.rate / (v + step.epsilon).sqrt());
      auto a = block.slot(2);
      a = a * step.rho + g * step.one_minus_rho;
      move(g * block.of.rate / (v - a.square() + step.epsilon).sqrt());
    });
  }
};

}  // namespace tanuki::ops
