#pragma once

// Weight decay on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/weight_decay.hpp"

namespace tanuki::ops {

template <>
struct WeightDecayKernel<Cpu> {
  static void apply(Context<Cpu>& context, float decay, float learning_rate, TensorView<Cpu> weight) {
    eigen::elementwise(context, weight.size(),
                       [=, w = weight.data](Index i) { w[i] -= w[i] * decay * learning_rate; });
  }
};

}  // namespace tanuki::ops
