#pragma once

// Loss of yes-or-no questions: labels 0 or 1 (or between), predictions of the same shape. The formulas are in
// ops/binary_crossentropy.hpp.

#include "tanuki/losses/loss.hpp"
#include "tanuki/ops/binary_crossentropy.hpp"

namespace tanuki {

using BinaryCrossentropyOptions = ops::BinaryCrossentropyOptions;

class BinaryCrossentropy {
 public:
  explicit BinaryCrossentropy(BinaryCrossentropyOptions options = {}) : options_(options) {
    detail::check_label_smoothing("binary_crossentropy", options_.label_smoothing);
  }

  std::string name() const { return "binary_crossentropy"; }
  bool from_logits() const { return options_.from_logits; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return ops::binary_crossentropy(context, options_, labels, predictions, gradient);
  }

 private:
  BinaryCrossentropyOptions options_;
};

}  // namespace tanuki
