#pragma once

// Normal noise on the CPU.

#include "tanuki/core/context.hpp"
#include "tanuki/ops/gaussian_noise.hpp"

namespace tanuki::ops {

template <>
struct GaussianNoiseKernel<Cpu> {
  static void apply(Context<Cpu>& context, const Random& random, float deviation, bool multiply,
                    ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    context.parallel_blocks(y.size(), 1 << 12, [=, x = x.data, y = y.data](Index first, Index last) {
      for (Index i = first; i < last; ++i) {
        const float noise = deviation * random.normal(std::uint64_t(i));
        y[i] = multiply ? x[i] * (1 + noise) : x[i] + noise;
      }
    });
  }
};

}  // namespace tanuki::ops
