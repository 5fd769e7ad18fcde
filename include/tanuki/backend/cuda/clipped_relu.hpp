#pragma once

// ReLU with its options on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/clipped_relu.hpp"

namespace tanuki::ops {

template <>
struct ClippedReluKernel<Cuda> {
  static void forward(Context<Cuda>& context, const ReluArguments& is, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "clipped_relu", x.data, is.threshold, is.negative_slope,
                        is.max_value, y.data, y.size());
  }
  static void backward(Context<Cuda>& context, const ReluArguments& is, ConstTensorView<Cuda> x,
                       ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    context.launch_over(dx.size(), "elementwise", "clipped_relu_gradient", x.data, dy.data, is.threshold,
                        is.negative_slope, is.max_value, dx.data, dx.size());
  }
};

}  // namespace tanuki::ops
