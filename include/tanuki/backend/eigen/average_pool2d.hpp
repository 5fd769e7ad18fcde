#pragma once

// Average pooling on the CPU. Forward shares out rows of windows, backward images.

#include <algorithm>

#include "tanuki/backend/eigen/pooling.hpp"
#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/average_pool2d.hpp"

namespace tanuki::ops {

template <>
struct AveragePool2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, const WindowGeometry& geometry, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Index channels = geometry.channels;
    const Index image_size = geometry.rows.in * geometry.columns.in * channels;
    context.parallel(x.shape[0] * geometry.rows.out, [&](Index task, int) {
      const float* image = x.data + task / geometry.rows.out * image_size;
      const Index row = task % geometry.rows.out;
      for (Index column = 0; column < geometry.columns.out; ++column) {
        float* mean = y.data + (task * geometry.columns.out + column) * channels;
        std::fill_n(mean, channels, 0.0f);
        eigen::each_tap(geometry, row, column, [&](Index pixel, Index) {
          eigen::kernels().add(mean, mean, image + pixel, channels);
        });
        eigen::vector_loop(0, channels,
                           [mean, count = float(eigen::taps_on_image(geometry, row, column))](Index c) {
                             mean[c] /= count;
                           });
      }
    });
  }

  static void backward(Context<Cpu>& context, const WindowGeometry& geometry, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    struct ShareScratch;
    const Index in_size = dx.size() / dx.shape[0], out_size = dy.size() / dy.shape[0],
                channels = geometry.channels;
    context.parallel(dx.shape[0], [&](Index n, int) {
      float* share = Context<Cpu>::scratch<ShareScratch>(channels);
      float* image = dx.data + n * in_size;
      std::fill_n(image, in_size, 0.0f);
      for (Index position = 0; position < geometry.positions(); ++position) {
        const Index row = position / geometry.columns.out, column = position % geometry.columns.out;
        const float* gradient = dy.data + n * out_size + position * channels;
        eigen::vector_loop(0, channels,
                           [=, part = 1.0f / float(eigen::taps_on_image(geometry, row, column))](Index c) {
                             share[c] = gradient[c] * part;
                           });
        eigen::each_tap(geometry, row, column, [&](Index pixel, Index) {
          eigen::kernels().add(image + pixel, image + pixel, share, channels);
        });
      }
    });
  }
};

}  // namespace tanuki::ops
