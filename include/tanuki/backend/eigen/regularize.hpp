#pragma once

// Regularization losses on the CPU.

#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/regularize.hpp"

namespace tanuki::ops {

template <>
struct RegularizeKernel<Cpu> {
  static double run(Context<Cpu>& context, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                    TensorView<Cpu> gradient) {
    const float l1 = regularizer.l1, l2 = regularizer.l2, *w = weight.data;
    if (gradient) {
      eigen::elementwise(context, weight.size(), [=, g = gradient.data](Index i) {
        const float value = w[i];
        g[i] += l1 * float((value > 0) - (value < 0)) + 2 * l2 * value;
      });
    }
    return eigen::block_sum<double>(context, weight.size(), 1 << 14, [=](Index first, Index last) {
      double size = 0, square = 0;
      for (Index i = first; i < last; ++i) {
        size += double(std::abs(w[i]));
        square += double(w[i]) * double(w[i]);
      }
      return double(l1) * size + double(l2) * square;
    });
  }

  static double orthogonal(Context<Cpu>&, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                           TensorView<Cpu> gradient) {
    return orthogonal_loss(regularizer, weight.shape, weight.data, gradient.data);
  }
};

}  // namespace tanuki::ops
