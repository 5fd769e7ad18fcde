#pragma once

// Normal noise on the GPU, of the CPU's random words.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/gaussian_noise.hpp"

namespace tanuki::ops {

template <>
struct GaussianNoiseKernel<Cuda> {
  static void apply(Context<Cuda>& context, const Random& random, float deviation, bool multiply,
                    ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "gaussian_noise", x.data, y.data, random.seed, random.stream,
                        random.first, deviation, int(multiply), y.size());
  }
};

}  // namespace tanuki::ops
