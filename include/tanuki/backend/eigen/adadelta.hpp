#pragma once

// Adadelta on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adadelta.hpp"

namespace tanuki::ops {

template <>
struct AdadeltaKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdadeltaStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> gradients, TensorView<Cpu> updates) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), a(gradients.data + first, count),
          u(updates.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      a = a * step.rho + g.square() * step.one_minus_rho;
      const auto move = (u + step.epsilon).sqrt() * g / (a + step.epsilon).sqrt();
      w -= move * step.learning_rate;
      u = u * step.rho + move.square() * step.one_minus_rho;
    });
  }
};

}  // namespace tanuki::ops
