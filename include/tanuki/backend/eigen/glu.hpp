#pragma once

// Gated linear units on the CPU, row by row.

#include "tanuki/backend/eigen/activation_formulas.hpp"
#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/glu.hpp"

namespace tanuki::ops {

template <>
struct GluKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    each_row(context, y.shape, [x = x.data, y = y.data](Index row, Index half) {
      const float *a = x + 2 * row * half, *b = a + half;
      for (Index c = 0; c < half; ++c) y[row * half + c] = a[c] * eigen::sigmoid_of(b[c]);
    });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> x, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    each_row(context, dy.shape, [x = x.data, dy = dy.data, dx = dx.data](Index row, Index half) {
      const Index first = 2 * row * half, second = first + half;
      for (Index c = 0; c < half; ++c) {
        const float gradient = dy[row * half + c], gate = eigen::sigmoid_of(x[second + c]);
        dx[first + c] = gradient * gate;
        dx[second + c] = gradient * x[first + c] * gate * (1 - gate);
      }
    });
  }

 private:
  template <class Fn>
  static void each_row(Context<Cpu>& context, const Shape& shape, Fn fn) {
    if (shape.elements() == 0) return;
    const Index half = shape.back();
    context.parallel_blocks(shape.elements() / half, eigen::row_grain(half), [&](Index first, Index last) {
      for (Index row = first; row < last; ++row) fn(row, half);
    });
  }
};

}  // namespace tanuki::ops
