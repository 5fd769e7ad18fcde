#pragma once

// How little two sets overlap, over all numbers of a batch at once. (keras/src/losses/losses.py: dice, tversky)
//   1 - gain·I / (common·I + label·Σy + prediction·Σp + 1e-7), I = Σ y·p
//   dice: gain 2, common 0, label 1, prediction 1
//   tversky: gain 1, common 1 - alpha - beta, label alpha, prediction beta

#include "tanuki/ops/loss.hpp"

namespace tanuki::ops {

struct OverlapLossArguments {
  double gain, common, label, prediction;
};

/// A backend gives: run(context, arguments, pass): the loss, one number; it writes factor times its gradient unless
/// pass.gradient is null.
template <class B>
struct OverlapLossKernel {
  static_assert(backend_missing<B>,
                "this backend has no overlap_loss kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// Throws Error where labels or weights do not fit.
template <class B>
float overlap_loss(Context<B>& context, std::string_view name, const OverlapLossArguments& arguments,
                   Reduction reduction, LossPass<B> pass) {
  check_paired_labels(name, pass.labels.shape, pass.predictions.shape);
  double weight = 1;  // the one value goes with each weight
  if (pass.weights) {
    check_sample_weight(name, pass.weights.shape, rows_of(pass.predictions.shape));
    const double sum = sum_of(pass.weights);
    weight = reduction == Reduction::sum ? sum
             : reduction == Reduction::mean_with_sample_weight
                 ? double(sum != 0)
                 : divide_no_nan(sum, double(pass.weights.size()));
  }
  pass.factor = float(weight);
  return float(OverlapLossKernel<B>::run(context, arguments, pass) * weight);
}

}  // namespace tanuki::ops
