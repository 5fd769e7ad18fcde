#pragma once

// mean((label - prediction)²), labels and predictions of the same shape. As a metric it goes by the same
// name.

#include "tanuki/losses/loss.hpp"
#include "tanuki/ops/mean_squared_error.hpp"

namespace tanuki {

class MeanSquaredError {
 public:
  std::string name() const { return "mean_squared_error"; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return ops::mean_squared_error(context, labels, predictions, gradient);
  }
};

}  // namespace tanuki
