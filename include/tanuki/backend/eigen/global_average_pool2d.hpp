#pragma once

// Global average pooling on the CPU: rows are added up first, then the rows' sums, which keeps digits on
// large images.

#include <algorithm>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/ops/global_average_pool2d.hpp"

namespace tanuki::ops {

template <>
struct GlobalAveragePool2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Index height = x.shape[1], width = x.shape[2], channels = x.shape[3];
    context.parallel(x.shape[0], [&](Index n, int) {
      float* mean = y.data + n * channels;
      float* row_sum = Context<Cpu>::scratch<struct RowSum>(channels);
      std::fill_n(mean, channels, 0.0f);
      for (Index row = 0; row < height; ++row) {
        const float* from = x.data + (n * height + row) * width * channels;
        std::copy_n(from, channels, row_sum);
        for (Index column = 1; column < width; ++column) {
          eigen::vector_loop(
              0, channels, [row_sum, pixel = from + column * channels](Index c) { row_sum[c] += pixel[c]; });
        }
        eigen::vector_loop(0, channels, [mean, row_sum](Index c) { mean[c] += row_sum[c]; });
      }
      eigen::vector_loop(0, channels, [mean, count = float(height * width)](Index c) { mean[c] /= count; });
    });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const Index channels = dx.shape[3], pixels = dx.shape[1] * dx.shape[2];
    context.parallel(dx.shape[0], [&](Index n, int) {
      const float* gradient = dy.data + n * channels;
      for (Index pixel = 0; pixel < pixels; ++pixel) {
        eigen::vector_loop(
            0, channels,
            [gradient, share = 1.0f / float(pixels),
             to = dx.data + (n * pixels + pixel) * channels](Index c) { to[c] = gradient[c] * share; });
      }
    });
  }
};

}  // namespace tanuki::ops
