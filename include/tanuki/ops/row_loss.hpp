#pragma once

// Losses of rows of numbers, scores of classes for most of them, along the last axis.
// (keras/src/losses/losses.py, keras/src/backend/tensorflow/nn.py) With y a label, p a prediction, ε = 1e-7:
//   categorical_crossentropy         logits z: -Σ y·log_softmax(z); probabilities: -Σ y·log(q), q = p / Σp, clipped
//                                    to [ε, 1 - ε], no gradient where it was
//   categorical_focal_crossentropy   -Σ alpha·(1 - q)^gamma·y·log(q), q likewise; of logits q = softmax(z)
//   sparse_categorical_crossentropy  class numbers as labels; probabilities are clipped, and log(p) are the logits
//   categorical_hinge                max(max((1 - y)·p) - Σ y·p + 1, 0)
//   kl_divergence                    Σ y·log(y / p), both clipped to [ε, 1]
//   cosine_similarity                -Σ u·v of the rows brought to length 1
// Smoothing s of one-hot labels: y becomes y·(1 - s) + s / classes. The gradient is that of the formula also where
// labels do not add up to 1 (TensorFlow takes it that they do).

#include <optional>

#include "tanuki/ops/loss.hpp"

namespace tanuki::ops {

enum class RowLoss {
  categorical_crossentropy,
  categorical_focal_crossentropy,
  sparse_categorical_crossentropy,
  categorical_hinge,
  kl_divergence,
  cosine_similarity
};

struct RowLossArguments {
  bool from_logits = false;
  double label_smoothing = 0;
  double alpha = 0.25, gamma = 2;                    ///< focal
  std::optional<Index> ignore_class = std::nullopt;  ///< sparse: rows of this label have no loss
};

/// A backend gives: run(context, kind, arguments, pass): the weighted sum over all rows; it writes the gradient of
/// factor times that sum unless pass.gradient is null. A class number out of range is reported and its row left out.
template <class B>
struct RowLossKernel {
  static_assert(backend_missing<B>,
                "this backend has no row_loss kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

namespace detail {

inline void check_row_labels(std::string_view name, RowLoss kind, const Shape& labels,
                             const Shape& predictions) {
  switch (kind) {
    case RowLoss::categorical_crossentropy:
    case RowLoss::categorical_focal_crossentropy:
      return check_one_hot_labels(name, labels, predictions);
    case RowLoss::sparse_categorical_crossentropy:
      return check_class_labels(name, labels, predictions);
    default:
      return check_paired_labels(name, labels, predictions);
  }
}

/// loss_divisor() over the rows that are not ignored.
template <class B>
double divisor_without(Index ignored, Reduction reduction, ConstTensorView<B> labels,
                       ConstTensorView<B> weights) {
  if (reduction == Reduction::sum) return 1;
  std::vector<float> rows(std::size_t(labels.size())), w(std::size_t(weights ? weights.size() : 1), 1.0f);
  Memory<B>::to_host(rows.data(), labels.data, rows.size());
  if (weights) Memory<B>::to_host(w.data(), weights.data, w.size());
  double count = 0, sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == float(ignored)) continue;
    count += 1;
    sum += double(w[i / (rows.size() / w.size())]);
  }
  return reduction == Reduction::mean_with_sample_weight ? sum : count;
}

}  // namespace detail

/// Throws Error where labels or weights do not fit; later, where a label is no class.
template <class B>
Later<float> row_loss(Context<B>& context, std::string_view name, RowLoss kind,
                      const RowLossArguments& arguments, Reduction reduction, const LossPass<B>& pass) {
  detail::check_row_labels(name, kind, pass.labels.shape, pass.predictions.shape);
  double divisor = loss_divisor(name, reduction, rows_of(pass.predictions.shape), pass.weights);
  if (arguments.ignore_class && pass.labels.size()) {
    divisor = detail::divisor_without(*arguments.ignore_class, reduction, pass.labels, pass.weights);
  }
  const Index classes = pass.predictions.shape.back();
  return reduce_loss<B>(
      name, divisor, pass,
      [&](const LossPass<B>& full) { return RowLossKernel<B>::run(context, kind, arguments, full); },
      "a whole number from 0 to ", classes - 1, " (", classes, " classes)");
}

}  // namespace tanuki::ops
