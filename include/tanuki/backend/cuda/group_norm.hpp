#pragma once

// Group normalisation on the GPU. The gradients of gamma and beta are sums over the images, in order.

#include "tanuki/backend/cuda/axis_rows.hpp"
#include "tanuki/ops/group_norm.hpp"

namespace tanuki::ops {

template <>
struct GroupNormKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, Index groups, float epsilon, View x, View gamma, View beta,
                      TensorView<Cuda> y) {
    if (x.size() == 0) return;
    const Extents of(x.shape, groups);
    const float* statistics = statistics_of(context, of, epsilon, x);
    context.launch_over(x.size(), "groups", "group_norm", x.data, statistics, gamma.data, beta.data, y.data,
                        of.rows, int(of.channels), int(of.width), x.size());
  }

  static void backward(Context<Cuda>& context, Index groups, float epsilon, View x, View gamma, View dy,
                       TensorView<Cuda> dx, TensorView<Cuda> dgamma, TensorView<Cuda> dbeta) {
    if (x.size() == 0) {
      for (const auto& sum : {dgamma, dbeta}) {
        if (sum) Memory<Cuda>::zero(sum.data, std::size_t(sum.size()));
      }
      return;
    }
    struct Sums;
    struct Levels;
    const Extents of(x.shape, groups);
    const Index channels = of.channels;
    const float* statistics = statistics_of(context, of, epsilon, x);
    // Of each image's channels, after those of all images.
    double* all = Context<Cuda>::scratch_of_doubles<Sums>(2 * channels * (of.batch + 1));
    double* partial = all + 2 * channels;
    context.launch("groups", "group_sums",
                   {unsigned((channels + 31) / 32), unsigned(std::min<Index>(of.batch, 65535))}, {32, 8},
                   x.data, dy.data, statistics, of.batch, of.rows, int(channels), int(of.width), partial);
    const double* parts = partial;
    if (dgamma || dbeta) {
      context.launch_over(2 * channels, "channels", "add_channel_parts", parts, int(of.batch), all,
                          int(2 * channels));
      const double *of_gamma = all, *of_beta = all + channels;
      if (dgamma) context.launch_over(channels, "channels", "to_float", of_gamma, dgamma.data, channels);
      if (dbeta) context.launch_over(channels, "channels", "to_float", of_beta, dbeta.data, channels);
    }
    if (!dx) return;
    float* to = Context<Cuda>::scratch<Levels>(2 * of.batch * groups);
    context.launch_over(of.batch * groups, "groups", "group_levels", parts, gamma.data, to, of.rows,
                        int(channels), int(of.width), of.batch * groups);
    const float* levels = to;
    context.launch_over(x.size(), "groups", "group_norm_gradient", x.data, dy.data, statistics, levels,
                        gamma.data, dx.data, of.rows, int(channels), int(of.width), x.size());
  }

 private:
  struct Extents {
    Index batch, channels, rows, width;  ///< rows of an example, channels of a group

    Extents(const Shape& shape, Index groups)
        : batch(shape[0]),
          channels(shape.back()),
          rows(shape.elements() / batch / channels),
          width(channels / groups) {}
  };

  /// Mean and 1 / deviation of each group of each image; in scratch.
  static const float* statistics_of(Context<Cuda>& context, const Extents& of, float epsilon, View x) {
    struct Statistics;
    const Index groups = of.batch * (of.channels / of.width);
    float* to = Context<Cuda>::scratch<Statistics>(2 * groups);
    context.launch("groups", "group_statistics", {unsigned(groups)}, gpu::row_block(of.rows * of.width),
                   x.data, of.rows, int(of.channels), int(of.width), epsilon, to);
    return to;
  }
};

}  // namespace tanuki::ops
