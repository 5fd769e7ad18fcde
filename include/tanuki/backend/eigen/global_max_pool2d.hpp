#pragma once

// Global max pooling on the CPU.

#include <algorithm>

#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/global_max_pool2d.hpp"

namespace tanuki::ops {

template <>
struct GlobalMaxPool2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Index channels = x.shape[3], pixels = x.shape[1] * x.shape[2];
    context.parallel(x.shape[0], [&](Index n, int) {
      const float* image = x.data + n * pixels * channels;
      float* most = y.data + n * channels;
      std::copy_n(image, channels, most);
      for (Index i = 1; i < pixels; ++i) eigen::kernels().larger(most, image + i * channels, channels);
    });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> x, ConstTensorView<Cpu> y,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const Index channels = x.shape[3], pixels = x.shape[1] * x.shape[2];
    context.parallel(x.shape[0], [&](Index n, int) {
      struct ShareScratch;
      const float *image = x.data + n * pixels * channels, *most = y.data + n * channels,
                  *gradient = dy.data + n * channels;
      float* share = Context<Cpu>::scratch<ShareScratch>(channels);
      std::fill_n(share, channels, 0.0f);
      for (Index i = 0; i < pixels; ++i) {
        eigen::vector_loop(0, channels, [=, from = image + i * channels](Index c) {
          const float value = from[c], largest = most[c];
          share[c] += value == largest ? 1.0f : 0.0f;
        });
      }
      eigen::vector_loop(0, channels, [=](Index c) { share[c] = gradient[c] / share[c]; });
      for (Index i = 0; i < pixels; ++i) {
        const Index at = (n * pixels + i) * channels;
        eigen::vector_loop(0, channels, [=, from = x.data + at, to = dx.data + at](Index c) {
          const float value = from[c], largest = most[c], part = share[c];
          to[c] = value == largest ? part : 0.0f;
        });
      }
    });
  }
};

}  // namespace tanuki::ops
