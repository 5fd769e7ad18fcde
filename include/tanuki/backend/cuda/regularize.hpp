#pragma once

// Regularization losses on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/regularize.hpp"

namespace tanuki::ops {

template <>
struct RegularizeKernel<Cuda> {
  static Later<double> run(Context<Cuda>& context, const Regularizer& regularizer,
                           ConstTensorView<Cuda> weight, TensorView<Cuda> gradient) {
    const float l1 = regularizer.l1, l2 = regularizer.l2;
    if (gradient)
      context.launch_over(weight.size(), "optimizers", "regularize_gradient", weight.data, l1, l2,
                          gradient.data, weight.size());
    return gpu::sum_of(context, gpu::Sum::penalties, weight.data, weight.size(), nullptr, l1, l2);
  }
  /// On the host, which waits for it: the matrices are small.
  static double orthogonal(Context<Cuda>&, const Regularizer& regularizer, ConstTensorView<Cuda> weight,
                           TensorView<Cuda> gradient) {
    const std::size_t size = std::size_t(weight.size());
    std::vector<float> values(size), slopes(gradient ? size : 0);
    Memory<Cuda>::to_host(values.data(), weight.data, size);
    if (!gradient) return orthogonal_loss(regularizer, weight.shape, values.data(), nullptr);
    Memory<Cuda>::to_host(slopes.data(), gradient.data, size);
    const double loss = orthogonal_loss(regularizer, weight.shape, values.data(), slopes.data());
    Memory<Cuda>::from_host(gradient.data, slopes.data(), size);
    return loss;
  }
};

}  // namespace tanuki::ops
