#pragma once

// Cropping on the GPU: padding the other way.

#include "tanuki/backend/cuda/pad2d.hpp"
#include "tanuki/ops/crop2d.hpp"

namespace tanuki::ops {

template <>
struct Crop2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, const Borders& borders, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    Pad2DKernel<Cuda>::backward(context, borders, x, y);
  }
  static void backward(Context<Cuda>& context, const Borders& borders, ConstTensorView<Cuda> dy,
                       TensorView<Cuda> dx) {
    Pad2DKernel<Cuda>::forward(context, borders, 0, dy, dx);
  }
};

}  // namespace tanuki::ops
