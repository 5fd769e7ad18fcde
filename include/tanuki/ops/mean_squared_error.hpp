#pragma once

// mean((y - p)²) over all numbers. (keras/src/losses/losses.py: mean_squared_error)

#include "tanuki/core/context.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

/// A backend gives: run(context, labels, predictions, gradient): the sum over all numbers; it writes the
/// gradient of their mean unless `gradient` is null.
template <class B>
struct MeanSquaredErrorKernel {
  static_assert(
      backend_missing<B>,
      "this backend has no mean_squared_error kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// All shapes carry the batch axis. Throws Error where the labels do not fit.
template <class B>
float mean_squared_error(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                         TensorView<B> gradient) {
  check_paired_labels("mean_squared_error", labels.shape, predictions.shape);
  const LossSum loss = MeanSquaredErrorKernel<B>::run(context, labels, predictions, gradient);
  return finish_loss("mean_squared_error", loss, predictions.size(), labels);
}

}  // namespace tanuki::ops
