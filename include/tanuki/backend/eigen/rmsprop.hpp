#pragma once

// RMSprop on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/rmsprop.hpp"

namespace tanuki::ops {

template <>
struct RmspropKernel<Cpu> {
  static void update(Context<Cpu>& context, const RmspropStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> velocity, TensorView<Cpu> momentum,
                     TensorView<Cpu> average) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), v(velocity.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      v = v * step.rho + g.square() * step.one_minus_rho;
      const auto move = [&](const auto& increment) {
        if (!momentum) {
          w -= increment;
          return;
        }
        eigen::Array m(momentum.data + first, count);
        m = m * step.momentum + increment;
        w -= m;
      };
      if (!average) return move(g * step.learning_rate / (v + step.epsilon).sqrt());
      eigen::Array a(average.data + first, count);
      a = a * step.rho + g * step.one_minus_rho;
      move(g * step.learning_rate / (v - a.square() + step.epsilon).sqrt());
    });
  }
};

}  // namespace tanuki::ops
