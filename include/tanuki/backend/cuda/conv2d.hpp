#pragma once

// Convolutions on the GPU.

#include "tanuki/backend/cuda/convolution.hpp"
#include "tanuki/ops/conv2d.hpp"

namespace tanuki::ops {

template <>
struct Conv2DKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, const WindowGeometry& g, View x, View kernel,
                      TensorView<Cuda> y) {
    convolution(context, g)
        .forward(x.data, x.shape[0], kernel.data, kernel.shape.back(), nullptr, nullptr, false, y.data);
  }
  static void backward_input(Context<Cuda>& context, const WindowGeometry& g, View dy, View kernel,
                             TensorView<Cuda> dx) {
    convolution(context, g)
        .input_gradient(nullptr, dx.shape[0], dy.data, kernel.shape.back(), kernel.data, dx.data);
  }
  static void backward_kernel(Context<Cuda>& context, const WindowGeometry& g, View x, View dy,
                              TensorView<Cuda> dkernel) {
    convolution(context, g).kernel_gradient(x.data, x.shape[0], dy.data, dkernel.shape.back(), dkernel.data);
  }

 private:
  static gpu::DenseConvolution convolution(Context<Cuda>& context, const WindowGeometry& g) {
    return {context, g, false, context.precision(false)};
  }
};

}  // namespace tanuki::ops
