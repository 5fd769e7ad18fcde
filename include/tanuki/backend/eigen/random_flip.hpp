#pragma once

// Mirroring on the CPU.

#include <algorithm>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/random_flip.hpp"

namespace tanuki::ops {

template <>
struct RandomFlipKernel<Cpu> {
  static void forward(Context<Cpu>& context, const Random& random, FlipMode mode, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Shape image = x.shape.without_batch();
    context.parallel(x.shape[0], [&](Index n, int) {
      const bool flipped = random.uniform(std::uint64_t(n)) <= 0.5f;
      flip(x.data + n * image.elements(), y.data + n * image.elements(), image,
           flipped && mode != FlipMode::vertical, flipped && mode != FlipMode::horizontal);
    });
  }

  /// One image (height, width, channels): left and right, and top and bottom, change places.
  static void flip(const float* x, float* y, const Shape& image, bool horizontal, bool vertical) {
    const Index height = image[0], width = image[1], channels = image[2];
    for (Index row = 0; row < height; ++row) {
      const float* from = x + (vertical ? height - 1 - row : row) * width * channels;
      float* to = y + row * width * channels;
      if (!horizontal) {
        std::copy_n(from, width * channels, to);
        continue;
      }
      for (Index column = 0; column < width; ++column) {
        std::copy_n(from + (width - 1 - column) * channels, channels, to + column * channels);
      }
    }
  }
};

}  // namespace tanuki::ops
