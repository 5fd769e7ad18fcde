#pragma once

// Layer normalisation on the GPU, a block a row. The gradients of gamma and beta are sums over the rows, in parts.

#include "tanuki/backend/cuda/axis_rows.hpp"
#include "tanuki/ops/layer_norm.hpp"

namespace tanuki::ops {

template <>
struct LayerNormKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, const AxisRows& rows, const LayerNormOptions& options, View x,
                      View gamma, View beta, TensorView<Cuda> y) {
    if (x.size() == 0) return;
    const gpu::RowPlaces at(context, rows);
    context.launch("rows", "layer_norm", {unsigned(x.size() / rows.size)}, gpu::row_block(rows.size), x.data,
                   gamma.data, beta.data, at.starts, at.steps, rows.count, rows.size, options.epsilon,
                   int(options.rms_scaling), y.data);
  }

  static void backward(Context<Cuda>& context, const AxisRows& rows, const LayerNormOptions& options, View x,
                       View gamma, View dy, TensorView<Cuda> dx, TensorView<Cuda> dgamma,
                       TensorView<Cuda> dbeta) {
    if (x.size() == 0) {
      for (const auto& sum : {dgamma, dbeta}) {
        if (sum) Memory<Cuda>::zero(sum.data, std::size_t(sum.size()));
      }
      return;
    }
    struct Statistics;
    const Index count = x.size() / rows.size;
    const gpu::RowPlaces at(context, rows);
    float* to = Context<Cuda>::scratch<Statistics>(2 * count);
    context.launch("rows", "row_statistics", {unsigned(count)}, gpu::row_block(rows.size), x.data, at.starts,
                   at.steps, rows.count, rows.size, options.epsilon, to);
    const float* statistics = to;
    if (dgamma || dbeta) weight_gradients(context, rows, at, options, x, dy, statistics, dgamma, dbeta);
    if (dx)
      context.launch("rows", "layer_norm_gradient", {unsigned(count)}, gpu::row_block(rows.size), x.data,
                     dy.data, gamma.data, at.starts, at.steps, rows.count, rows.size, statistics,
                     int(options.rms_scaling), dx.data);
  }

 private:
  static void weight_gradients(Context<Cuda>& context, const AxisRows& rows, const gpu::RowPlaces& at,
                               const LayerNormOptions& options, View x, View dy, const float* statistics,
                               TensorView<Cuda> dgamma, TensorView<Cuda> dbeta) {
    struct Sums;
    const Index size = rows.size, count = x.size() / size;
    const Index parts = std::clamp<Index>(count / 64, 1, 256);  // whatever the GPU
    double* sums = Context<Cuda>::scratch_of_doubles<Sums>(2 * size * (parts + 1));
    double* partial = sums + 2 * size;
    context.launch("rows", "layer_norm_weight_sums", {unsigned((size + 31) / 32), unsigned(parts)}, {32, 8},
                   x.data, dy.data, at.starts, at.steps, rows.count, size, statistics,
                   int(options.rms_scaling), count, partial);
    context.launch_over(2 * size, "channels", "add_channel_parts", static_cast<const double*>(partial),
                        int(parts), sums, int(2 * size));
    const double *of_gamma = sums, *of_beta = sums + size;
    if (dgamma) context.launch_over(size, "channels", "to_float", of_gamma, dgamma.data, size);
    if (dbeta) context.launch_over(size, "channels", "to_float", of_beta, dbeta.data, size);
  }
};

}  // namespace tanuki::ops
