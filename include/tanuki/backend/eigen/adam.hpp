#pragma once

// Adam on the CPU.

#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdamStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum, TensorView<Cpu> velocity) {
    context.parallel_blocks(weight.size(), Index{1} << 15, [&](Index first, Index last) {
      eigen::kernels().adam(step, weight.data + first, gradient.data + first, momentum.data + first,
                            velocity.data + first, last - first);
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
