#pragma once

// Division by a row's length on the CPU.

#include <cmath>

#include "tanuki/backend/eigen/axis_rows.hpp"
#include "tanuki/ops/unit_norm.hpp"

namespace tanuki::ops {

template <>
struct UnitNormKernel<Cpu> {
  static void forward(Context<Cpu>& context, const AxisRows& rows, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Index size = rows.size;
    if (x.size() == 0) return;
    context.parallel_blocks(x.size() / size, eigen::rows_per_task(size), [&](Index first, Index last) {
      eigen::each_row(rows, first, last, x.data, nullptr, y.data,
                      [&](const float* from, const float*, float* to) {
                        const float scale = scale_of(from, size);
                        eigen::vector_loop(0, size, [=](Index c) { to[c] = from[c] * scale; });
                      });
    });
  }

  static void backward(Context<Cpu>& context, const AxisRows& rows, ConstTensorView<Cpu> x,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const Index size = rows.size;
    if (x.size() == 0) return;
    context.parallel_blocks(x.size() / size, eigen::rows_per_task(size), [&](Index first, Index last) {
      eigen::each_row(rows, first, last, x.data, dy.data, dx.data,
                      [&](const float* from, const float* gradient, float* to) {
                        const float scale = scale_of(from, size);
                        const double along =
                            eigen::row_sum(size, [=](auto at) { return at(gradient) * (at(from) * scale); });
                        const float back = scale < largest_unit_scale ? float(along) * scale : 0;
                        eigen::vector_loop(0, size, [=](Index c) {
                          const float given = gradient[c], value = from[c];
                          to[c] = (given - value * back) * scale;
                        });
                      });
    });
  }

 private:
  static float scale_of(const float* x, Index size) {
    const double squares = eigen::row_sum(size, [=](auto at) { return at(x) * at(x); });
    return std::min(float(1 / std::sqrt(squares)), largest_unit_scale);
  }
};

}  // namespace tanuki::ops
