#pragma once

// What the regularizers of weights add to the loss, l1 · Σ|w| + l2 · Σw² of each, and its gradient. An orthogonal one adds
// its factor times the mean |cosine| of the angle between two rows, or two columns.
// (keras/src/regularizers/regularizers.py)

#include "tanuki/core/context.hpp"
#include "tanuki/core/weight.hpp"

namespace tanuki::ops {

/// A backend gives: run(context, regularizer, weight, gradient): the loss of l1 and l2; it adds the slope to the gradient
/// unless that is null. And orthogonal(…), the same for a matrix and the orthogonal part.
template <class B>
struct RegularizeKernel {
  static_assert(backend_missing<B>,
                "this backend has no regularize kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// The loss of all weights; adds to `gradients`, one for each weight, which may be null; none: only the loss.
template <class B>
float regularization_loss(Context<B>& context, std::span<const Weight<B>> weights,
                          std::span<const TensorView<B>> gradients = {}) {
  double loss = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Weight<B>& weight = weights[i];
    if (!weight.regularizer()) continue;
    const auto gradient = gradients.empty() ? TensorView<B>{} : gradients[i];
    const Regularizer& regularizer = weight.regularizer();
    if (regularizer.l1 != 0 || regularizer.l2 != 0)
      loss += RegularizeKernel<B>::run(context, regularizer, weight.value().view(), gradient);
    if (regularizer.orthogonal == 0) continue;
    if (weight.shape().rank() != 2)
      fail("[orthogonal_regularizer] weight '", weight.name(), "' has shape ", weight.shape(),
           ", expected two axes");
    loss += RegularizeKernel<B>::orthogonal(context, regularizer, weight.value().view(), gradient);
  }
  return float(loss);
}

}  // namespace tanuki::ops
