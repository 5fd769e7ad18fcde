#pragma once

// Crossentropy of a choice among classes, which lie along the last axis; the mean over all rows of scores.
// (keras/src/losses/losses.py: [sparse_]categorical_crossentropy, keras/src/backend/tensorflow/nn.py)
//   logits z:                -Σ y·log_softmax(z)
//   probabilities, one-hot:  -Σ y·log(q), q = p / Σp, clipped to [1e-7, 1 - 1e-7]; no gradient where it was
//   probabilities, sparse:   p clipped likewise; then log(p) are the logits
//   smoothing s, one-hot:    y becomes y·(1 - s) + s / classes
// The gradient is that of the formula also where labels do not add up to 1 (TensorFlow takes it that they
// do).

#include "tanuki/core/context.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
};

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
};

/// A backend gives: one_hot(context, options, labels, predictions, gradient) and sparse(the same): the sum
/// over all rows; they write the gradient of the rows' mean unless `gradient` is null. A label out of range
/// is reported by sparse() and its row left out.
template <class B>
struct CategoricalCrossentropyKernel {
  static_assert(
      backend_missing<B>,
      "this backend has no categorical_crossentropy kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// All shapes carry the batch axis. Throws Error where the labels do not fit.
template <class B>
float categorical_crossentropy(Context<B>& context, const CategoricalCrossentropyOptions& options,
                               ConstTensorView<B> labels, ConstTensorView<B> predictions,
                               TensorView<B> gradient) {
  check_one_hot_labels("categorical_crossentropy", labels.shape, predictions.shape);
  const LossSum loss =
      CategoricalCrossentropyKernel<B>::one_hot(context, options, labels, predictions, gradient);
  return finish_loss("categorical_crossentropy", loss, predictions.size() / predictions.shape.back(), labels);
}

/// All shapes carry the batch axis. Throws Error where the labels do not fit or are no classes.
template <class B>
float sparse_categorical_crossentropy(Context<B>& context,
                                      const SparseCategoricalCrossentropyOptions& options,
                                      ConstTensorView<B> labels, ConstTensorView<B> predictions,
                                      TensorView<B> gradient) {
  check_class_labels("sparse_categorical_crossentropy", labels.shape, predictions.shape);
  const LossSum loss =
      CategoricalCrossentropyKernel<B>::sparse(context, options, labels, predictions, gradient);
  const Index classes = predictions.shape.back();
  return finish_loss("sparse_categorical_crossentropy", loss, labels.size(), labels,
                     "a whole number from 0 to ", classes - 1, " (", classes, " classes)");
}

}  // namespace tanuki::ops
