#pragma once

// Contrast and brightness on the GPU: the draws of the CPU.

#include "tanuki/backend/cuda/axis_rows.hpp"
#include "tanuki/ops/random_color.hpp"

namespace tanuki::ops {

template <>
struct RandomColorKernel<Cuda> {
  static void contrast(Context<Cuda>& context, const Random& random, const RandomColorOptions& options,
                       ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    struct Means;
    if (x.size() == 0) return;
    const Index channels = x.shape[3], pixels = x.shape[1] * x.shape[2];
    float* to = Context<Cuda>::scratch<Means>(x.shape[0] * channels);
    context.launch("images", "channel_means", {unsigned(x.shape[0] * channels)}, gpu::row_block(pixels),
                   x.data, to, pixels, int(channels));
    const float* means = to;
    context.launch_over(y.size(), "images", "random_contrast", x.data, means, y.data, random.seed,
                        random.stream, random.first, options.lower, options.upper, options.values[0],
                        options.values[1], pixels, int(channels), y.size());
  }

  static void brightness(Context<Cuda>& context, const Random& random, const RandomColorOptions& options,
                         ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    const Index size = x.shape.without_batch().elements();
    context.launch_over(y.size(), "images", "random_brightness", x.data, y.data, random.seed, random.stream,
                        random.first, options.lower, options.upper, options.values[0], options.values[1],
                        size, y.size());
  }
};

}  // namespace tanuki::ops
