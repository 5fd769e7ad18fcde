#pragma once

// Mirroring on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/random_flip.hpp"

namespace tanuki::ops {

template <>
struct RandomFlipKernel<Cuda> {
  static void forward(Context<Cuda>& context, const Random& random, FlipMode mode, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    context.launch_over(y.size(), "images", "random_flip", x.data, y.data, random.seed, random.stream,
                        random.first, int(mode != FlipMode::vertical), int(mode != FlipMode::horizontal),
                        int(x.shape[1]), int(x.shape[2]), int(x.shape[3]), y.size());
  }
};

}  // namespace tanuki::ops
