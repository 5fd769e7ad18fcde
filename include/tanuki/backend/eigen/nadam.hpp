#pragma once

// Nadam on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/nadam.hpp"

namespace tanuki::ops {

template <>
struct NadamKernel<Cpu> {
  static void update(Context<Cpu>& context, const NadamStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum, TensorView<Cpu> velocity) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), m(momentum.data + first, count),
          v(velocity.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      m += (g - m) * step.one_minus_beta_1;
      v += (g.square() - v) * step.one_minus_beta_2;
      w -= (m * step.next_u / step.momentum_divisor + g * step.one_minus_u / step.gradient_divisor) *
           step.learning_rate / ((v / step.velocity_divisor).sqrt() + step.epsilon);
    });
  }
};

}  // namespace tanuki::ops
