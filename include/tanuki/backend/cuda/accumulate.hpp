#pragma once

// Sums of gradients on the GPU.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki::ops {

template <>
struct AccumulateKernel<Cuda> {
  static void sum(Context<Cuda>& context, ConstTensorView<Cuda> a, ConstTensorView<Cuda> b,
                  TensorView<Cuda> out) {
    context.launch_over(out.size(), "elementwise", "sum", a.data, b.data, out.data, out.size());
  }
  static void add(Context<Cuda>& context, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "add", updates);
  }
  static void divide(Context<Cuda>& context, float divisor, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "divide", updates, divisor);
  }
  static void clear(Context<Cuda>& context, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "optimizers", "clear", updates);
  }
};

}  // namespace tanuki::ops
