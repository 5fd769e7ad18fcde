#pragma once

// Looks for infinities and NaN on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/finite.hpp"

namespace tanuki::ops {

template <>
struct FiniteKernel<Cuda> {
  static bool all(Context<Cuda>& context, ConstTensorView<Cuda> x) {
    return gpu::sum_of(context, gpu::Sum::not_finite, x.data, x.size()) == 0;
  }
};

}  // namespace tanuki::ops
