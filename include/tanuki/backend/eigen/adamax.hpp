#pragma once

// Adamax on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adamax.hpp"

namespace tanuki::ops {

template <>
struct AdamaxKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdamaxStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum, TensorView<Cpu> norm) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), m(momentum.data + first, count),
          u(norm.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      m += (g - m) * step.one_minus_beta_1;
      u = (u * step.beta_2).max(g.abs());
      w -= m * step.learning_rate / ((u + step.epsilon) * step.correction);
    });
  }
};

}  // namespace tanuki::ops
