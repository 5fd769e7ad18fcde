#pragma once

// Permuted axes on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/permute.hpp"

namespace tanuki::ops {

template <>
struct PermuteKernel<Cuda> {
  static void permute(Context<Cuda>& context, const std::vector<std::size_t>& order, ConstTensorView<Cuda> x,
                      TensorView<Cuda> y) {
    gpu::Axes axes{};
    axes.rank = int(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      axes.extent[i] = y.shape[i];
      axes.stride[i] = 1;
      for (std::size_t later = order[i] + 1; later < order.size(); ++later) axes.stride[i] *= x.shape[later];
    }
    context.launch_over(y.size(), "broadcast", "gather", x.data, y.data, axes, y.size());
  }
};

}  // namespace tanuki::ops
