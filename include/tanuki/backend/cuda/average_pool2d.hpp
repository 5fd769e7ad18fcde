#pragma once

// Average pooling on the GPU.

#include "tanuki/backend/cuda/window.hpp"
#include "tanuki/ops/average_pool2d.hpp"

namespace tanuki::ops {

template <>
struct AveragePool2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, const WindowGeometry& geometry, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    context.launch_over(y.size(), "pooling", "average_pool", x.data, y.data, gpu::window(geometry), y.size());
  }
  static void backward(Context<Cuda>& context, const WindowGeometry& geometry, ConstTensorView<Cuda> dy,
                       TensorView<Cuda> dx) {
    context.launch_over(dx.size(), "pooling", "average_pool_gradient", dy.data, dx.data,
                        gpu::window(geometry), dx.size());
  }
};

}  // namespace tanuki::ops
