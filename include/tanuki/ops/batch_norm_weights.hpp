#pragma once

// The weights that both forms of batch normalisation work on.

#include <vector>

#include "tanuki/ops/op.hpp"

namespace tanuki::ops {

/// Each of shape (channels,). gamma and beta are empty handles where there is no scale or no center.
template <class B>
struct BatchNormWeights {
  Weight<B> gamma, beta, moving_mean, moving_variance;

  /// Those that are there, in this order.
  std::vector<Weight<B>> all() const {
    std::vector<Weight<B>> found;
    for (const auto& weight : {gamma, beta, moving_mean, moving_variance}) {
      if (weight) found.push_back(weight);
    }
    return found;
  }

  /// Throws Error where a weight does not fit the input's last axis.
  void check(const Shape& input, std::string_view op) const {
    if (input.rank() == 0) fail("[", op, "] input () has no channels");
    for (const auto& weight : all()) {
      if (!(weight.shape() == Shape{input.back()})) {
        fail("[", op, "] input ", input, " does not fit ", weight.name(), " ", weight.shape(), ": expected ",
             weight.shape().elements(), " channels");
      }
    }
  }
};

/// What kernels take of gamma and beta; null where there is none.
template <class B>
struct BatchNormParameters {
  ConstTensorView<B> gamma, beta;

  explicit BatchNormParameters(const BatchNormWeights<B>& weights) {
    if (weights.gamma) gamma = weights.gamma.value().view();
    if (weights.beta) beta = weights.beta.value().view();
  }
};

/// Where their gradients go; null where they are not wanted.
template <class B>
struct BatchNormGradients {
  TensorView<B> gamma, beta;

  BatchNormGradients(const BatchNormWeights<B>& weights, std::span<const TensorView<B>> gradients) {
    if (weights.gamma) gamma = gradients[0];
    if (weights.beta) beta = gradients[weights.gamma ? 1 : 0];
  }
};

}  // namespace tanuki::ops
