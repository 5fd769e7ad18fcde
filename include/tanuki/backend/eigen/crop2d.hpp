#pragma once

// Cropping on the CPU: padding the other way round.

#include "tanuki/backend/eigen/pad2d.hpp"
#include "tanuki/ops/crop2d.hpp"

namespace tanuki::ops {

template <>
struct Crop2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, const Borders& borders, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    Pad2DKernel<Cpu>::cut(context, borders, x, y);
  }
  static void backward(Context<Cpu>& context, const Borders& borders, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    Pad2DKernel<Cpu>::forward(context, borders, 0, dy, dx);
  }
};

}  // namespace tanuki::ops
