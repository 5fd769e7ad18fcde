#pragma once

// Gradients in bounds on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/clip.hpp"

namespace tanuki::ops {

template <>
struct ClipKernel<Cuda> {
  static Later<double> square_sum(Context<Cuda>& context, ConstTensorView<Cuda> x) {
    return gpu::sum_of(context, gpu::Sum::squares, x.data, x.size());
  }
  static void scale(Context<Cuda>& context, ConstTensorView<Cuda> x, float factor, float divisor,
                    TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "scale", x.data, factor, divisor, y.data, y.size());
  }
  static void clamp(Context<Cuda>& context, ConstTensorView<Cuda> x, float limit, TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "clamp", x.data, limit, y.data, y.size());
  }
};

}  // namespace tanuki::ops
