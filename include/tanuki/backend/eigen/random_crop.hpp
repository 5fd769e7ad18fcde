#pragma once

// Cutting a part out of each image on the CPU.

#include <algorithm>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/random_crop.hpp"

namespace tanuki::ops {

template <>
struct RandomCropKernel<Cpu> {
  static void forward(Context<Cpu>& context, const Random& random, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Index width = x.shape[2], channels = x.shape[3], row = y.shape[2] * channels;
    context.parallel(x.shape[0], [&](Index n, int) {
      const Index top = start(random.uniform(2 * std::uint64_t(n)), x.shape[1] - y.shape[1]);
      const Index left = start(random.uniform(2 * std::uint64_t(n) + 1), width - y.shape[2]);
      for (Index i = 0; i < y.shape[1]; ++i) {
        std::copy_n(x.data + ((n * x.shape[1] + top + i) * width + left) * channels, row,
                    y.data + (n * y.shape[1] + i) * row);
      }
    });
  }

 private:
  /// One of 0 … last, from a draw in [0, 1).
  static Index start(float draw, Index last) { return std::min(last, Index(draw * float(last + 1))); }
};

}  // namespace tanuki::ops
