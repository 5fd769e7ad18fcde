#pragma once

// Softmax on the CPU, row by row.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki::ops {

template <>
struct SoftmaxKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    each_row(context, y.shape, [x = x.data, y = y.data](Index first, Index last) {
      const float largest = *std::max_element(x + first, x + last);
      float sum = 0;
      for (Index i = first; i < last; ++i) sum += y[i] = std::exp(x[i] - largest);
      for (Index i = first; i < last; ++i) y[i] /= sum;
    });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> y, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    each_row(context, y.shape, [y = y.data, dy = dy.data, dx = dx.data](Index first, Index last) {
      float mean = 0;
      for (Index i = first; i < last; ++i) mean += y[i] * dy[i];
      for (Index i = first; i < last; ++i) dx[i] = y[i] * (dy[i] - mean);
    });
  }

 private:
  template <class Fn>
  static void each_row(Context<Cpu>& context, const Shape& shape, Fn fn) {
    const Index width = shape.back();
    if (shape.elements() == 0) return;
    context.parallel_blocks(shape.elements() / width, eigen::row_grain(width), [&](Index first, Index last) {
      for (Index row = first; row < last; ++row) fn(row * width, (row + 1) * width);
    });
  }
};

}  // namespace tanuki::ops
