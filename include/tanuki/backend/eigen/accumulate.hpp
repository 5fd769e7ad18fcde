#pragma once

// sum = a + b on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki::ops {

template <>
struct AccumulateKernel<Cpu> {
  static void sum(Context<Cpu>& context, ConstTensorView<Cpu> a, ConstTensorView<Cpu> b,
                  TensorView<Cpu> out) {
    eigen::elementwise(context, out.size(),
                       [a = a.data, b = b.data, out = out.data](Index i) { out[i] = a[i] + b[i]; });
  }
};

}  // namespace tanuki::ops
