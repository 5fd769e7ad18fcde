#pragma once

// How labels must fit predictions: what losses and metrics check before they look at a number. The rules hold
// with the batch axis on both shapes, and without it on both. All throw Error.

#include <string_view>

#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

namespace detail {

inline bool is_with_trailing_one(const Shape& longer, const Shape& shape) {
  return longer.rank() == shape.rank() + 1 && longer.back() == 1 &&
         std::equal(shape.begin(), shape.end(), longer.begin());
}

}  // namespace detail

/// One label for each number of the predictions: equal shapes, up to one last axis of 1 that either may lack.
inline void check_paired_labels(std::string_view name, const Shape& labels, const Shape& predictions) {
  if (labels == predictions || detail::is_with_trailing_one(labels, predictions) ||
      detail::is_with_trailing_one(predictions, labels)) {
    return;
  }
  fail("[", name, "] labels ", labels, " do not fit predictions ", predictions,
       ": expected one for each number");
}

/// A score for each of at least two classes along the last axis.
inline void check_scores(std::string_view name, const Shape& predictions) {
  if (predictions.rank() == 0 || predictions.back() < 2) {
    fail(
        "[", name, "] predictions ", predictions,
        " are no scores of classes: expected at least 2 along the last axis (for two classes with one score, "
        "use the binary kind)");
  }
}

/// One-hot labels: the predictions' shape.
inline void check_one_hot_labels(std::string_view name, const Shape& labels, const Shape& predictions) {
  check_scores(name, predictions);
  if (labels == predictions) return;
  fail("[", name, "] labels ", labels, " do not fit predictions ", predictions,
       ": expected one-hot labels of the same shape (for class numbers, use the sparse kind)");
}

/// A class number for each row of scores: the predictions' shape without its last axis, or with 1 in its
/// place.
inline void check_class_labels(std::string_view name, const Shape& labels, const Shape& predictions) {
  check_scores(name, predictions);
  const Shape rows(std::span<const Index>(predictions.begin(), predictions.rank() - 1));
  if (labels == rows || detail::is_with_trailing_one(labels, rows)) return;
  fail("[", name, "] labels ", labels, " do not fit predictions ", predictions,
       ": expected class numbers of shape ", rows, " (for one-hot labels, use the kind that is not sparse)");
}

/// What a loss kernel gives back.
struct LossSum {
  double sum = 0;        ///< of the losses, added in a fixed order
  Index bad_label = -1;  ///< the first label out of range; -1: none

  LossSum& operator+=(const LossSum& later) {
    sum += later.sum;
    if (bad_label < 0) bad_label = later.bad_label;
    return *this;
  }
};

/// Throws Error where a label was out of range, saying what was `expected`.
template <class B, class... Expected>
void check_labels(std::string_view name, const LossSum& loss, ConstTensorView<B> labels,
                  const Expected&... expected) {
  if (loss.bad_label < 0) return;
  float label;
  Memory<B>::to_host(&label, labels.data + loss.bad_label, 1);
  fail("[", name, "] label ", label, " at position ", loss.bad_label, " of ", labels.size(), ": expected ",
       expected...);
}

}  // namespace tanuki::ops
