#pragma once

// What the regularizers of weights add to the loss, l1 · Σ|w| + l2 · Σw² of each, and its gradient. An orthogonal one adds
// its factor times the mean |cosine| of the angle between two rows, or two columns.
// (keras/src/regularizers/regularizers.py)

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/core/later.hpp"
#include "tanuki/core/weight.hpp"

namespace tanuki::ops {

/// A backend gives: run(context, regularizer, weight, gradient): the loss of l1 and l2, now or later; it adds the slope to
/// the gradient unless that is null. And orthogonal(…), the same for a matrix and the orthogonal part.
template <class B>
struct RegularizeKernel {
  static_assert(backend_missing<B>,
                "this backend has no regularize kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// The orthogonal part for a matrix in the host's memory; `gradient` may be null. Small matrices: plain loops, which cost no
/// compile time.
inline double orthogonal_loss(const Regularizer& regularizer, const Shape& shape, const float* weight,
                              float* gradient) {
  const Index rows = shape[0], columns = shape[1];
  const Index vectors = regularizer.columns ? columns : rows, length = regularizer.columns ? rows : columns;
  const auto place = [&](Index v, Index k) {
    return regularizer.columns ? k * columns + v : v * columns + k;
  };
  std::vector<float> unit(std::size_t(shape.elements())), scale(static_cast<std::size_t>(vectors));
  const auto row = [&](Index v) { return unit.data() + v * length; };
  for (Index v = 0; v < vectors; ++v) {
    float square = 0;
    for (Index k = 0; k < length; ++k) square += weight[place(v, k)] * weight[place(v, k)];
    const float factor = scale[std::size_t(v)] = 1 / std::max(std::sqrt(square), 1e-12f);
    for (Index k = 0; k < length; ++k) row(v)[k] = factor * weight[place(v, k)];
  }
  const double share =
      double(regularizer.orthogonal) / (double(vectors) * double(vectors - 1));  // each pair is there twice
  double loss = 0;
  std::vector<float> back(static_cast<std::size_t>(length));
  for (Index v = 0; v < vectors; ++v) {
    std::fill(back.begin(), back.end(), 0.0f);
    for (Index other = 0; other < vectors; ++other) {
      if (other == v) continue;
      const float cosine = std::inner_product(row(v), row(v) + length, row(other), 0.0f);
      loss += double(std::abs(cosine));
      const float sign = float((cosine > 0) - (cosine < 0));
      for (Index k = 0; k < length; ++k) back[std::size_t(k)] += sign * row(other)[k];
    }
    if (!gradient) continue;
    const float along = std::inner_product(back.begin(), back.end(), row(v), 0.0f);
    const float factor = float(2 * share) * scale[std::size_t(v)];
    for (Index k = 0; k < length; ++k)
      gradient[place(v, k)] += factor * (back[std::size_t(k)] - along * row(v)[k]);
  }
  return share * loss;
}

/// The loss of all weights; adds to `gradients`, one for each weight, which may be null; none: only the loss.
template <class B>
Later<float> regularization_loss(Context<B>& context, std::span<const Weight<B>> weights,
                                 std::span<const TensorView<B>> gradients = {}) {
  std::vector<Later<double>> losses;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Weight<B>& weight = weights[i];
    if (!weight.regularizer()) continue;
    const auto gradient = gradients.empty() ? TensorView<B>{} : gradients[i];
    const Regularizer& regularizer = weight.regularizer();
    if (regularizer.l1 != 0 || regularizer.l2 != 0)
      losses.push_back(RegularizeKernel<B>::run(context, regularizer, weight.value().view(), gradient));
    if (regularizer.orthogonal == 0) continue;
    if (weight.shape().rank() != 2)
      fail("[orthogonal_regularizer] weight '", weight.name(), "' has shape ", weight.shape(),
           ", expected two axes");
    losses.push_back(RegularizeKernel<B>::orthogonal(context, regularizer, weight.value().view(), gradient));
  }
  return then(total_of(std::move(losses)), [](double loss) { return float(loss); });
}

}  // namespace tanuki::ops
