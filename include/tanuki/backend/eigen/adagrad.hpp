#pragma once

// Adagrad on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adagrad.hpp"

namespace tanuki::ops {

template <>
struct AdagradKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdagradStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> accumulator) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count), a(accumulator.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      a += g.square();
      w -= g * step.learning_rate / (a + step.epsilon).sqrt();
    });
  }
};

}  // namespace tanuki::ops
