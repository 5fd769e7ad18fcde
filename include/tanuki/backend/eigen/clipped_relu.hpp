#pragma once

// The general ReLU on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/clipped_relu.hpp"

namespace tanuki::ops {

template <>
struct ClippedReluKernel<Cpu> {
  static void forward(Context<Cpu>& context, const ReluArguments& arguments, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    eigen::elementwise(context, y.size(), [a = arguments, x = x.data, y = y.data](Index i) {
      const float value = x[i], low = a.negative_slope * (value - a.threshold),
                  high = value > a.max_value ? a.max_value : value;
      y[i] = value <= a.threshold ? low : high;
    });
  }

  static void backward(Context<Cpu>& context, const ReluArguments& arguments, ConstTensorView<Cpu> x,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    eigen::elementwise(context, dx.size(), [a = arguments, x = x.data, dy = dy.data, dx = dx.data](Index i) {
      const float value = x[i], gradient = dy[i];
      const float high = value > a.max_value ? 0.0f : gradient, low = a.negative_slope * gradient;
      const float sloped =
          value < a.threshold ? low : 0.0f;  // at the threshold itself 0, as TensorFlow has it
      dx[i] = value <= a.threshold ? sloped : high;
    });
  }
};

}  // namespace tanuki::ops
