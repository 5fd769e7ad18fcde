#pragma once

// Arithmetic of a tensor and a number on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/scalar_arithmetic.hpp"

namespace tanuki::ops {

template <>
struct ScalarArithmeticKernel<Cuda> {
  static void forward(Context<Cuda>& context, const ScalarArguments& is, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "scalar_arithmetic", int(is.kind), is.scalar,
                        int(is.scalar_first), x.data, y.data, y.size());
  }
  static void backward(Context<Cuda>& context, const ScalarArguments& is, ConstTensorView<Cuda> x,
                       ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    context.launch_over(dx.size(), "elementwise", "scalar_arithmetic_gradient", int(is.kind), is.scalar,
                        int(is.scalar_first), x.data, dy.data, dx.data, dx.size());
  }
};

}  // namespace tanuki::ops
