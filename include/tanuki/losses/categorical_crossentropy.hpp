#pragma once

// Loss of a choice among classes: one-hot labels, predictions with a score for each class along the last
// axis. The formulas are in ops/categorical_crossentropy.hpp.

#include "tanuki/losses/loss.hpp"
#include "tanuki/ops/categorical_crossentropy.hpp"

namespace tanuki {

using CategoricalCrossentropyOptions = ops::CategoricalCrossentropyOptions;

class CategoricalCrossentropy {
 public:
  explicit CategoricalCrossentropy(CategoricalCrossentropyOptions options = {}) : options_(options) {
    detail::check_label_smoothing("categorical_crossentropy", options_.label_smoothing);
  }

  std::string name() const { return "categorical_crossentropy"; }
  bool from_logits() const { return options_.from_logits; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_one_hot_labels(name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return ops::categorical_crossentropy(context, options_, labels, predictions, gradient);
  }

 private:
  CategoricalCrossentropyOptions options_;
};

}  // namespace tanuki
