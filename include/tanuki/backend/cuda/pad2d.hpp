#pragma once

// Padding on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki::ops {

template <>
struct Pad2DKernel<Cuda> {
  static void forward(Context<Cuda>& context, const Borders& borders, float value, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    move(context, borders.rows.before, borders.columns.before, value, x, y);
  }
  static void backward(Context<Cuda>& context, const Borders& borders, ConstTensorView<Cuda> dy,
                       TensorView<Cuda> dx) {
    move(context, -borders.rows.before, -borders.columns.before, 0, dy, dx);
  }

 private:
  static void move(Context<Cuda>& context, Index top, Index left, float value, ConstTensorView<Cuda> x,
                   TensorView<Cuda> y) {
    context.launch_over(y.size(), "images", "pad", x.data, y.data, int(top), int(left), int(x.shape[1]),
                        int(x.shape[2]), int(y.shape[1]), int(y.shape[2]), int(y.shape.back()), value,
                        y.size());
  }
};

}  // namespace tanuki::ops
