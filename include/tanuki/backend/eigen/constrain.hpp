#pragma once

// Constraints on the CPU.

#include "tanuki/backend/eigen/axis_rows.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/constrain.hpp"

namespace tanuki::ops {

template <>
struct ConstrainKernel<Cpu> {
  static void non_negative(Context<Cpu>& context, TensorView<Cpu> weight) {
    eigen::elementwise(context, weight.size(), [w = weight.data](Index i) {
      const float value = w[i];
      w[i] = value > 0 ? value : 0.0f;
    });
  }

  static void norm(Context<Cpu>& context, const AxisRows& rows, const NormTarget& target,
                   TensorView<Cpu> weight) {
    const Index size = rows.size;
    if (weight.size() == 0) return;
    context.parallel_blocks(rows.count, eigen::rows_per_task(size), [&](Index first, Index last) {
      eigen::each_row(rows, first, last, weight.data, nullptr, weight.data,
                      [&](const float* from, const float*, float* to) {
                        const double squares =
                            eigen::row_sum(size, [=](auto at) { return at(from) * at(from); });
                        const float norm = std::sqrt(float(squares));
                        const float factor = target.factor(norm), divisor = target.divisor(norm);
                        eigen::vector_loop(0, size, [=](Index c) { to[c] = from[c] * factor / divisor; });
                      });
    });
  }
};

}  // namespace tanuki::ops
