#pragma once

// Division by a row's length on the GPU, a block a row.

#include "tanuki/backend/cuda/axis_rows.hpp"
#include "tanuki/ops/unit_norm.hpp"

namespace tanuki::ops {

template <>
struct UnitNormKernel<Cuda> {
  static void forward(Context<Cuda>& context, const AxisRows& rows, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    if (x.size() == 0) return;
    const gpu::RowPlaces at(context, rows);
    context.launch("rows", "unit_norm", {unsigned(x.size() / rows.size)}, gpu::row_block(rows.size), x.data,
                   at.starts, at.steps, rows.count, rows.size, largest_unit_scale, y.data);
  }
  static void backward(Context<Cuda>& context, const AxisRows& rows, ConstTensorView<Cuda> x,
                       ConstTensorView<Cuda> dy, TensorView<Cuda> dx) {
    if (x.size() == 0) return;
    const gpu::RowPlaces at(context, rows);
    context.launch("rows", "unit_norm_gradient", {unsigned(x.size() / rows.size)}, gpu::row_block(rows.size),
                   x.data, dy.data, at.starts, at.steps, rows.count, rows.size, largest_unit_scale, dx.data);
  }
};

}  // namespace tanuki::ops
