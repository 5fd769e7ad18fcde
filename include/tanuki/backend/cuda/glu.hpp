#pragma once

// Gated linear units on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/glu.hpp"

namespace tanuki::ops {

template <>
struct GluKernel<Cuda> {
  static void forward(Context<Cuda>& context, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    context.launch_over(y.size(), "lines", "glu", x.data, y.data, y.shape.back(), y.size());
  }
  static void backward(Context<Cuda>& context, ConstTensorView<Cuda> x, ConstTensorView<Cuda> dy,
                       TensorView<Cuda> dx) {
    context.launch_over(dy.size(), "lines", "glu_gradient", x.data, dy.data, dx.data, dy.shape.back(),
                        dy.size());
  }
};

}  // namespace tanuki::ops
