#pragma once

// Regularization losses on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/regularize.hpp"

namespace tanuki::ops {

template <>
struct RegularizeKernel<Cuda> {
  static double run(Context<Cuda>& context, const Regularizer& regularizer, ConstTensorView<Cuda> weight,
                    TensorView<Cuda> gradient) {
    const float l1 = regularizer.l1, l2 = regularizer.l2;
    if (gradient)
      context.launch_over(weight.size(), "optimizers", "regularize_gradient", weight.data, l1, l2,
                          gradient.data, weight.size());
    return gpu::sum_of(context, gpu::Sum::penalties, weight.data, weight.size(), nullptr, l1, l2);
  }
  static double orthogonal(Context<Cuda>&, const Regularizer&, ConstTensorView<Cuda> weight,
                           TensorView<Cuda>) {
    fail("[orthogonal_regularizer] of a weight ", weight.shape, ": it is not there on the GPU");
  }
};

}  // namespace tanuki::ops
