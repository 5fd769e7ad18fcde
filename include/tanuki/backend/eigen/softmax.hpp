#pragma once

// Softmax and its logarithm on the CPU, line by line.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki::ops {

template <>
struct SoftmaxKernel<Cpu> {
  static void forward(Context<Cpu>& context, SoftmaxKind kind, Index width, Index inner,
                      ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    each_line(context, y.size(), width, inner, [=, x = x.data, y = y.data](Index first, Index last) {
      float largest = x[first], sum = 0;
      for (Index i = first; i < last; i += inner) largest = std::max(largest, x[i]);
      if (kind == SoftmaxKind::log_softmax) {
        for (Index i = first; i < last; i += inner) sum += std::exp(x[i] - largest);
        const float log_sum = std::log(sum);
        for (Index i = first; i < last; i += inner) y[i] = x[i] - largest - log_sum;
        return;
      }
      for (Index i = first; i < last; i += inner) sum += y[i] = std::exp(x[i] - largest);
      for (Index i = first; i < last; i += inner) y[i] /= sum;
    });
  }

  static void backward(Context<Cpu>& context, SoftmaxKind kind, Index width, Index inner,
                       ConstTensorView<Cpu> y, ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    each_line(context, dx.size(), width, inner,
              [=, y = y.data, dy = dy.data, dx = dx.data](Index first, Index last) {
                float sum = 0;
                if (kind == SoftmaxKind::softmax) {
                  for (Index i = first; i < last; i += inner) sum += y[i] * dy[i];
                  for (Index i = first; i < last; i += inner) dx[i] = y[i] * (dy[i] - sum);
                } else {
                  for (Index i = first; i < last; i += inner) sum += dy[i];
                  for (Index i = first; i < last; i += inner) dx[i] = dy[i] - std::exp(y[i]) * sum;
                }
              });
  }

 private:
  /// fn(first, last): the line's numbers are those at first, first + inner, … before last.
  template <class Fn>
  static void each_line(Context<Cpu>& context, Index size, Index width, Index inner, Fn fn) {
    if (size == 0) return;
    context.parallel_blocks(size / width, eigen::row_grain(width), [&](Index begin, Index end) {
      for (Index line = begin; line < end; ++line) {
        const Index first = line / inner * inner * width + line % inner;
        fn(first, first + width * inner);
      }
    });
  }
};

}  // namespace tanuki::ops
