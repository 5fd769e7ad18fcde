#pragma once

// Constraints on the GPU.

#include "tanuki/backend/cuda/axis_rows.hpp"
#include "tanuki/ops/constrain.hpp"

namespace tanuki::ops {

template <>
struct ConstrainKernel<Cuda> {
  static void non_negative(Context<Cuda>& context, TensorView<Cuda> weight) {
    context.launch_over(weight.size(), "elementwise", "non_negative", weight.data, weight.size());
  }
  static void norm(Context<Cuda>& context, const AxisRows& rows, const NormTarget& target,
                   TensorView<Cuda> weight) {
    if (weight.size() == 0) return;
    const gpu::RowPlaces at(context, rows);
    context.launch("optimizers", "constrain_norm", {unsigned(rows.count)}, gpu::row_block(rows.size),
                   weight.data, at.starts, at.steps, rows.size, int(target.unit), target.min, target.max,
                   target.rate, target.rest);
  }
};

}  // namespace tanuki::ops
