#pragma once

// Gradient descent on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/sgd.hpp"

namespace tanuki::ops {

template <>
struct SgdKernel<Cuda> {
  using Update = SgdUpdate<Cuda>;

  static void update_all(Context<Cuda>& context, std::span<const Update> updates) {
    if (updates.empty()) return;
    const SgdStep& all = updates[0].step;
    gpu::update_weights(
        context, "sgd", updates, [](const Update& update) { return update.step.learning_rate; },
        [](const Update& update) {
          return std::array<float*, 3>{update.momentum.data, nullptr, nullptr};
        },
        all.momentum, int(all.nesterov));
  }

  static void update(Context<Cuda>& context, const SgdStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum) {
    const Update one{step, weight, gradient, momentum};
    update_all(context, std::span(&one, 1));
  }
};

}  // namespace tanuki::ops
