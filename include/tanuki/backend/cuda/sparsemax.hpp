#pragma once

// Sparsemax on the GPU, a thread a line.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/sparsemax.hpp"

namespace tanuki::ops {

template <>
struct SparsemaxKernel<Cuda> {
  static void forward(Context<Cuda>& context, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    if (x.size() == 0) return;
    const Index width = x.shape.back(), lines = x.size() / width;
    context.launch_over(lines, "lines", "sparsemax", x.data, y.data, width, lines);
  }
  static void backward(Context<Cuda>& context, ConstTensorView<Cuda> x, ConstTensorView<Cuda> dy,
                       TensorView<Cuda> dx) {
    if (x.size() == 0) return;
    const Index width = x.shape.back(), lines = x.size() / width;
    context.launch_over(lines, "lines", "sparsemax_gradient", x.data, dy.data, dx.data, width, lines);
  }
};

}  // namespace tanuki::ops
