#pragma once

// Sums of gradients on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki::ops {

template <>
struct AccumulateKernel<Cuda> {
  static void sum(Context<Cuda>& context, ConstTensorView<Cuda> a, ConstTensorView<Cuda> b,
                  TensorView<Cuda> out) {
    context.launch_over(out.size(), "elementwise", "sum", a.data, b.data, out.data, out.size());
  }
};

}  // namespace tanuki::ops
