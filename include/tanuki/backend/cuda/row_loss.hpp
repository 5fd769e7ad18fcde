#pragma once

// Losses of rows on the GPU, a thread a row.

#include "tanuki/backend/cuda/losses.hpp"
#include "tanuki/ops/row_loss.hpp"

namespace tanuki::ops {

template <>
struct RowLossKernel<Cuda> {
  static Later<LossSum> run(Context<Cuda>& context, RowLoss kind, const RowLossArguments& arguments,
                            const LossPass<Cuda>& pass) {
    const Index classes = pass.predictions.shape.rank() > 1 ? pass.predictions.shape.back() : 1;
    const Index rows = classes ? pass.predictions.size() / classes : 0;
    if (rows == 0) return LossSum{};
    const gpu::LossValues losses(context, rows);
    const Index stride = gpu::numbers_a_weight(pass.weights, rows);
    if (kind <= RowLoss::sparse_categorical_crossentropy) {
      context.launch_over(rows, "losses", "row_loss", int(kind), numbers(arguments, classes),
                          pass.labels.data, pass.predictions.data, pass.weights.data, stride, pass.factor,
                          pass.gradient.data, losses.values(), losses.bad_label(), rows);
    } else {
      context.launch_over(rows, "row_pairs", "pair_loss", int(kind), pass.labels.data, pass.predictions.data,
                          pass.weights.data, stride, int(classes), pass.factor, pass.gradient.data,
                          losses.values(), rows);
    }
    return losses.sum();
  }

 private:
  static gpu::LossNumbers numbers(const RowLossArguments& is, Index classes) {
    gpu::LossNumbers numbers{};
    numbers.keep = float(1.0 - is.label_smoothing);
    numbers.spread = float(is.label_smoothing / double(classes));
    numbers.alpha = float(is.alpha), numbers.gamma = float(is.gamma);
    numbers.from_logits = is.from_logits, numbers.classes = int(classes);
    numbers.ignores = is.ignore_class.has_value(), numbers.ignored = float(is.ignore_class.value_or(0));
    return numbers;
  }
};

}  // namespace tanuki::ops
