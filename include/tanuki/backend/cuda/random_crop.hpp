#pragma once

// Cutting a part out of each image on the GPU: the parts that the CPU draws.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/random_crop.hpp"

namespace tanuki::ops {

template <>
struct RandomCropKernel<Cuda> {
  static void forward(Context<Cuda>& context, const Random& random, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    context.launch_over(y.size(), "images", "random_crop", x.data, y.data, random.seed, random.stream,
                        random.first, int(x.shape[1]), int(x.shape[2]), int(y.shape[1]), int(y.shape[2]),
                        int(x.shape[3]), y.size());
  }
};

}  // namespace tanuki::ops
