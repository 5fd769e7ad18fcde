#pragma once

// Softmax and its logarithm on the GPU, a thread a line.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki::ops {

template <>
struct SoftmaxKernel<Cuda> {
  static void forward(Context<Cuda>& context, SoftmaxKind kind, Index width, Index inner,
                      ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    if (y.size() == 0) return;
    context.launch_over(y.size() / width, "lines", "softmax", int(kind == SoftmaxKind::log_softmax), x.data,
                        y.data, width, inner, y.size() / width);
  }
  static void backward(Context<Cuda>& context, SoftmaxKind kind, Index width, Index inner,
                       ConstTensorView<Cuda> y, ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    if (dx.size() == 0) return;
    context.launch_over(dx.size() / width, "lines", "softmax_gradient", int(kind == SoftmaxKind::log_softmax),
                        y.data, dy.data, dx.data, width, inner, dx.size() / width);
  }
};

}  // namespace tanuki::ops
