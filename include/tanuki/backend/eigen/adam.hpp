#pragma once

// Adam on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdamStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum, TensorView<Cpu> velocity) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), m(momentum.data + first, count),
          v(velocity.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      m += (g - m) * step.one_minus_beta_1;
      v += (g.square() - v) * step.one_minus_beta_2;
      w -= m * step.alpha / (v.sqrt() + step.epsilon);
    });
  }

  static void update(Context<Cpu>& context, const AdamStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum, TensorView<Cpu> velocity,
                     TensorView<Cpu> velocity_hat) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), m(momentum.data + first, count),
          v(velocity.data + first, count), largest(velocity_hat.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      m += (g - m) * step.one_minus_beta_1;
      v += (g.square() - v) * step.one_minus_beta_2;
      largest = largest.max(v);
      w -= m * step.alpha / (largest.sqrt() + step.epsilon);
    });
  }
};

}  // namespace tanuki::ops
