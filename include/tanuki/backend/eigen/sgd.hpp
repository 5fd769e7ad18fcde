#pragma once

// Gradient descent on the CPU.

#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/sgd.hpp"

namespace tanuki::ops {

template <>
struct SgdKernel<Cpu> {
  static void update(Context<Cpu>& context, const SgdStep& step, TensorView<Cpu> weight,
                     ConstTensorView<Cpu> gradient, TensorView<Cpu> momentum) {
    eigen::weight_blocks(context, weight.size(), [&](Index first, Index count) {
      eigen::Array w(weight.data + first, count);
      const eigen::ConstArray g(gradient.data + first, count);
      if (!momentum) {
        w -= g * step.learning_rate;
        return;
      }
      eigen::Array m(momentum.data + first, count);
      m = m * step.momentum - g * step.learning_rate;
      if (step.nesterov) {
        w += m * step.momentum - g * step.learning_rate;
      } else {
        w += m;
      }
    });
  }
};

}  // namespace tanuki::ops
