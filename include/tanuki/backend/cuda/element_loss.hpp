#pragma once

// Elementwise losses on the GPU.

#include "tanuki/backend/cuda/losses.hpp"
#include "tanuki/ops/element_loss.hpp"

namespace tanuki::ops {

template <>
struct ElementLossKernel<Cuda> {
  static Later<LossSum> run(Context<Cuda>& context, ElementLoss kind, const ElementLossArguments& arguments,
                            const LossPass<Cuda>& pass) {
    const Index count = pass.predictions.size();
    if (count == 0) return LossSum{};
    const Index columns = pass.predictions.shape.rank() > 1 ? pass.predictions.shape.back() : 1;
    const gpu::LossValues losses(context, count);
    const bool hinge = kind == ElementLoss::hinge || kind == ElementLoss::squared_hinge;
    const double* others = nullptr;
    if (hinge) {
      struct Others;
      double* to = Context<Cuda>::scratch_of_doubles<Others>(1);
      context.launch("losses", "count_other_labels", {1}, {256}, pass.labels.data, count, to);
      others = to;
    }
    context.launch_over(count, "losses", "element_loss", int(kind), numbers(arguments), pass.labels.data,
                        pass.predictions.data, pass.weights.data, gpu::numbers_a_weight(pass.weights, count),
                        others, pass.factor / float(columns), pass.gradient.data, losses.values(),
                        losses.bad_label(), count);
    return losses.sum(columns);
  }

 private:
  static gpu::LossNumbers numbers(const ElementLossArguments& is) {
    gpu::LossNumbers numbers{};
    numbers.delta = float(is.delta);
    numbers.keep = float(1.0 - is.label_smoothing), numbers.spread = float(0.5 * is.label_smoothing);
    numbers.alpha = float(is.alpha), numbers.gamma = float(is.gamma);
    numbers.from_logits = is.from_logits, numbers.balanced = is.balanced;
    return numbers;
  }
};

}  // namespace tanuki::ops
