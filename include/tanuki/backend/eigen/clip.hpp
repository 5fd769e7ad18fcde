#pragma once

// Gradients in bounds on the CPU.

#include <algorithm>

#include "tanuki/backend/eigen/axis_rows.hpp"
#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/clip.hpp"

namespace tanuki::ops {

template <>
struct ClipKernel<Cpu> {
  static double square_sum(Context<Cpu>& context, ConstTensorView<Cpu> x) {
    return eigen::block_sum<double>(context, x.size(), 1 << 14, [x = x.data](Index first, Index last) {
      return eigen::row_sum(last - first, [=](auto at) { return at(x + first) * at(x + first); });
    });
  }

  static void scale(Context<Cpu>& context, ConstTensorView<Cpu> x, float factor, float divisor,
                    TensorView<Cpu> y) {
    eigen::elementwise(context, y.size(),
                       [=, x = x.data, y = y.data](Index i) { y[i] = x[i] * factor / divisor; });
  }

  static void clamp(Context<Cpu>& context, ConstTensorView<Cpu> x, float limit, TensorView<Cpu> y) {
    eigen::elementwise(context, y.size(), [=, x = x.data, y = y.data](Index i) {
      y[i] = std::min(std::max(x[i], -limit), limit);
    });
  }
};

}  // namespace tanuki::ops
