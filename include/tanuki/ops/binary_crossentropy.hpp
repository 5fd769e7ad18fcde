#pragma once

// Crossentropy of independent yes-or-no questions, the mean over all of them.
// (keras/src/losses/losses.py: binary_crossentropy, keras/src/backend/tensorflow/nn.py)
//   logits z:         max(z, 0) - z·y + log1p(exp(-|z|))
//   probabilities p:  -(y·log(p) + (1 - y)·log(1 - p)), p clipped to [1e-7, 1 - 1e-7];
//                     no gradient where it was clipped
//   smoothing s:      y becomes y·(1 - s) + s/2
// Unlike Keras, a label outside [0, 1] is an Error: the formulas mean nothing there.

#include "tanuki/core/context.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

struct BinaryCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
};

/// A backend gives: run(context, options, labels, predictions, gradient): the sum over all numbers; it writes
/// the gradient of their mean unless `gradient` is null.
template <class B>
struct BinaryCrossentropyKernel {
  static_assert(
      backend_missing<B>,
      "this backend has no binary_crossentropy kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// All shapes carry the batch axis. Throws Error where the labels do not fit or are out of range.
template <class B>
float binary_crossentropy(Context<B>& context, const BinaryCrossentropyOptions& options,
                          ConstTensorView<B> labels, ConstTensorView<B> predictions, TensorView<B> gradient) {
  check_paired_labels("binary_crossentropy", labels.shape, predictions.shape);
  const LossSum loss = BinaryCrossentropyKernel<B>::run(context, options, labels, predictions, gradient);
  return finish_loss("binary_crossentropy", loss, predictions.size(), labels, "a number from 0 to 1");
}

}  // namespace tanuki::ops
