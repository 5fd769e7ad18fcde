#pragma once

// Elementwise functions on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/activation.hpp"

namespace tanuki::ops {

template <>
struct ActivationKernel<Cuda> {
  static void forward(Context<Cuda>& context, ActivationKind kind, const ActivationArguments& is,
                      ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    context.launch_over(y.size(), "activation", "activation", int(kind), is.a, is.b, x.data, y.data,
                        y.size());
  }
  static void backward(Context<Cuda>& context, ActivationKind kind, const ActivationArguments& is,
                       ConstTensorView<Cuda> v, ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    context.launch_over(dx.size(), "activation", "activation_gradient", int(kind), is.a, is.b, v.data,
                        dy.data, dx.data, dx.size());
  }
};

}  // namespace tanuki::ops
