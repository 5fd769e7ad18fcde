#pragma once

// How often examples of each class were taken for each class. (tf.math.confusion_matrix: a row a true class, a column a
// predicted one)

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tanuki/core/tensor.hpp"

namespace tanuki {

struct ConfusionMatrix {
  std::vector<std::string> classes;
  std::vector<Index> counts;  ///< row by row

  Index at(Index label, Index prediction) const {
    return counts[std::size_t(label) * classes.size() + std::size_t(prediction)];
  }
  /// The examples of a class.
  Index examples(Index label) const {
    const auto row = counts.begin() + label * Index(classes.size());
    Index sum = 0;
    for (auto count = row; count != row + Index(classes.size()); ++count) sum += *count;
    return sum;
  }
  Index examples() const {
    Index sum = 0;
    for (Index count : counts) sum += count;
    return sum;
  }
  /// The share of examples that were taken for what they are; 0 without examples.
  double accuracy() const {
    Index right = 0;
    for (Index c = 0; c < Index(classes.size()); ++c) right += at(c, c);
    return right ? double(right) / double(examples()) : 0;
  }
};

namespace detail {

inline Index largest(const float* row, Index columns) { return std::max_element(row, row + columns) - row; }

/// The class that a row of labels names: a number, or one-hot.
inline Index label_class(const float* row, Index columns) {
  return columns == 1 ? Index(std::nearbyint(*row)) : largest(row, columns);
}
/// The class that a row of predictions names: of one number, 1 above the threshold and 0 below.
inline Index predicted_class(const float* row, Index columns, float threshold) {
  return columns == 1 ? Index(*row > threshold) : largest(row, columns);
}

/// The numbers of an example in (examples) or (examples, numbers). Throws Error for other shapes.
inline Index row_size(std::string_view what, const Shape& shape) {
  if (shape.rank() == 0 || shape.rank() > 2)
    fail(what, " ", shape, " were given, expected (examples) or (examples, classes)");
  return shape.rank() == 2 ? shape[1] : 1;
}

}  // namespace detail

/// `labels` are class numbers, (examples) or (examples, 1), or one-hot, (examples, classes); `predictions` what a model
/// gives: for two classes (examples, 1), which is class 1 above the threshold (0 for logits), else (examples, classes),
/// of which the largest counts. Throws Error where they do not fit, or a label is no class.
inline ConfusionMatrix confusion_matrix(const Tensor<Cpu>& labels, const Tensor<Cpu>& predictions,
                                        std::vector<std::string> classes, float threshold = 0.5f) {
  const Index count = Index(classes.size());
  const Index given = detail::row_size("[confusion_matrix] labels", labels.shape());
  const Index made = detail::row_size("[confusion_matrix] predictions", predictions.shape());
  const auto fits = [&](Index columns) { return columns == 1 || columns == count; };
  if (labels.shape()[0] != predictions.shape()[0] || !fits(given) || !fits(made) || (made == 1 && count != 2))
    fail("[confusion_matrix] labels ", labels.shape(), " and predictions ", predictions.shape(),
         " do not fit ", count, " classes");
  ConfusionMatrix matrix{std::move(classes), std::vector<Index>(std::size_t(count * count))};
  for (Index i = 0; i < labels.shape()[0]; ++i) {
    const Index label = detail::label_class(labels.data() + i * given, given);
    if (label < 0 || label >= count)
      fail("[confusion_matrix] label ", label, " of example ", i, " is none of ", count, " classes");
    const Index prediction = detail::predicted_class(predictions.data() + i * made, made, threshold);
    ++matrix.counts[std::size_t(label * count + prediction)];
  }
  return matrix;
}

}  // namespace tanuki
