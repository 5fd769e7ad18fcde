#pragma once

// Loss of a choice among classes: labels are class numbers, () or (1,) an example; predictions have a score
// for each class along the last axis. The formulas are in ops/categorical_crossentropy.hpp.

#include "tanuki/losses/loss.hpp"
#include "tanuki/ops/categorical_crossentropy.hpp"

namespace tanuki {

using SparseCategoricalCrossentropyOptions = ops::SparseCategoricalCrossentropyOptions;

class SparseCategoricalCrossentropy {
 public:
  explicit SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {})
      : options_(options) {}

  std::string name() const { return "sparse_categorical_crossentropy"; }
  bool from_logits() const { return options_.from_logits; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_class_labels(name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return ops::sparse_categorical_crossentropy(context, options_, labels, predictions, gradient);
  }

 private:
  SparseCategoricalCrossentropyOptions options_;
};

}  // namespace tanuki
