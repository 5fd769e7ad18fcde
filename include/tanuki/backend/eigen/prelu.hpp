#pragma once

// PReLU on the CPU. The gradient of alpha is summed in double precision over a fixed number of parts of the batch.

#include <algorithm>

#include "tanuki/backend/eigen/broadcast.hpp"
#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/prelu.hpp"

namespace tanuki::ops {

template <>
struct PReLUKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, View x, View alpha, TensorView<Cpu> y) {
    each(context, x.shape, alpha, [x = x.data, y = y.data](Index i, float a) {
      const float value = x[i], low = a * value;
      y[i] = value > 0.0f ? value : low;
    });
  }

  static void backward(Context<Cpu>& context, View x, View alpha, View dy, TensorView<Cpu> dx,
                       TensorView<Cpu> dalpha) {
    if (dalpha) backward_alpha(context, x, alpha, dy, dalpha);
    if (!dx) return;
    each(context, x.shape, alpha, [x = x.data, dy = dy.data, dx = dx.data](Index i, float a) {
      const float value = x[i], gradient = dy[i], low = a * gradient, below = value < 0.0f ? low : 0.0f;
      dx[i] = value > 0.0f ? gradient : below;
    });
  }

 private:
  /// fn(i, alpha of element i).
  template <class Fn>
  static void each(Context<Cpu>& context, const Shape& shape, View alpha, Fn fn) {
    if (shape.elements() == 0) return;
    const eigen::Broadcast lies(shape, shape, alpha.shape);
    context.parallel_blocks(lies.rows(), eigen::row_grain(lies.width()), [&](Index first, Index last) {
      lies.each_row(first, last, [&](Index at, Index, Index from) {
        const float* a = alpha.data + from;
        if (lies.step_b() == 1) {
          eigen::vector_loop(0, lies.width(), [=](Index i) { fn(at + i, a[i]); });
        } else {
          eigen::vector_loop(0, lies.width(), [=, a = *a](Index i) { fn(at + i, a); });
        }
      });
    });
  }

  static void backward_alpha(Context<Cpu>& context, View x, View alpha, View dy, TensorView<Cpu> dalpha) {
    const Index size = dalpha.size(), batch = x.shape[0], parts = std::min<Index>(batch, 8);
    std::vector<double> sums(std::size_t(std::max<Index>(parts, 1) * size), 0.0);
    if (x.size() > 0) {
      const Shape one = x.shape.without_batch().with_batch(1);
      const eigen::Broadcast lies(one, one, alpha.shape);
      context.parallel(parts, [&](Index part, int) {
        double* sum = sums.data() + part * size;
        for (Index example = batch * part / parts; example < batch * (part + 1) / parts; ++example) {
          const float *from = x.data + example * one.elements(),
                      *gradient = dy.data + example * one.elements();
          lies.each_row(0, lies.rows(), [&](Index at, Index, Index to) {
            for (Index i = 0; i < lies.width(); ++i)
              sum[to + i * lies.step_b()] += double(gradient[at + i]) * double(std::min(from[at + i], 0.0f));
          });
        }
      });
    }
    for (Index i = 0; i < size; ++i) {
      double total = 0;
      for (Index part = 0; part < parts; ++part) total += sums[std::size_t(part * size + i)];
      dalpha.data[i] = float(total);
    }
  }
};

}  // namespace tanuki::ops
