#pragma once

// Global max pooling on the GPU, a thread a channel of an image.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/global_max_pool2d.hpp"

namespace tanuki::ops {

template <>
struct GlobalMaxPool2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    context.launch_over(y.size(), "pooling", "global_max", x.data, y.data, int(x.shape[1] * x.shape[2]),
                        int(x.shape[3]), y.size());
  }
  static void backward(Context<Cuda>& context, ConstTensorView<Cuda> x, ConstTensorView<Cuda> y,
                       ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    context.launch_over(dy.size(), "pooling", "global_max_gradient", x.data, y.data, dy.data, dx.data,
                        int(x.shape[1] * x.shape[2]), int(x.shape[3]), dy.size());
  }
};

}  // namespace tanuki::ops
