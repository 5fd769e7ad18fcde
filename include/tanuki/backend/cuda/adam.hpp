#pragma once

// Adam on the GPU, many weights a launch.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cuda> {
  using Update = AdamUpdate<Cuda>;

  static void update_all(Context<Cuda>& context, std::span<const Update> updates) {
    if (updates.empty()) return;
    const AdamStep& all = updates[0].step;
    gpu::update_weights(
        context, "adam", updates, [](const Update& update) { return update.step.alpha; },
        [](const Update& update) {
          return std::array{update.momentum.data, update.velocity.data, update.velocity_hat.data};
        },
        all.one_minus_beta_1, all.one_minus_beta_2, all.epsilon);
  }

  static void update(Context<Cuda>& context, const AdamStep& step, TensorView<Cuda> weight,
                     ConstTensorView<Cuda> gradient, TensorView<Cuda> momentum, TensorView<Cuda> velocity,
                     TensorView<Cuda> velocity_hat = {}) {
    const Update one{step, weight, gradient, momentum, velocity, velocity_hat};
    update_all(context, std::span(&one, 1));
  }
};

}  // namespace tanuki::ops
