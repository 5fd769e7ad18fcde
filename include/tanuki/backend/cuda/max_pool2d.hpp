#pragma once

// Max pooling on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/backend/cuda/window.hpp"
#include "tanuki/ops/max_pool2d.hpp"

namespace tanuki::ops {

template <>
struct MaxPool2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, const WindowGeometry& geometry, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y, TensorView<Cuda> taps) {
    context.launch_over(y.size(), "pooling", "max_pool", x.data, y.data, taps.data, gpu::window(geometry),
                        y.size());
  }
  static void backward(Context<Cuda>& context, const WindowGeometry& geometry, ConstTensorView<Cuda> taps,
                       ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    context.launch_over(dx.size(), "pooling", "max_pool_gradient", taps.data, dy.data, dx.data,
                        gpu::window(geometry), dx.size());
  }
};

}  // namespace tanuki::ops
