#pragma once

// The crossentropy that fits the shapes of labels and predictions, what Keras means by "crossentropy" and "ce":
// binary for predictions of one number, sparse where the labels are class numbers, else categorical.
// (keras/src/trainers/compile_utils.py: get_loss)

#include "tanuki/losses/binary_crossentropy.hpp"
#include "tanuki/losses/categorical_crossentropy.hpp"
#include "tanuki/losses/sparse_categorical_crossentropy.hpp"

namespace tanuki {

/// Keras' choice among the binary, the sparse and the categorical kind of a loss or metric; the shapes both have
/// the batch axis, or both have not.
template <class Binary, class Sparse, class Categorical, class Use>
auto choose_kind(const Shape& labels, const Shape& predictions, Binary& binary, Sparse& sparse,
                 Categorical& categorical, Use use) {
  if (predictions.rank() && predictions.back() == 1) return use(binary);
  if (labels.rank() < predictions.rank() || (labels.rank() && labels.back() == 1)) return use(sparse);
  return use(categorical);
}

class Crossentropy {
 public:
  explicit Crossentropy(std::string name = "crossentropy") : name_(std::move(name)) {}

  std::string name() const { return name_; }
  void check(const Shape& labels, const Shape& predictions) const {
    choose_kind(labels, predictions, binary_, sparse_, categorical_,
                [&](const auto& loss) { loss.check(labels, predictions); });
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient, ConstTensorView<B> weights = {}) const {
    return later(context, labels, predictions, gradient, weights).get();
  }
  template <class B>
  Later<float> later(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient, ConstTensorView<B> weights) const {
    return choose_kind(
        labels.shape, predictions.shape, binary_, sparse_, categorical_,
        [&](const auto& loss) { return loss.later(context, labels, predictions, gradient, weights); });
  }

 private:
  std::string name_;
  BinaryCrossentropy binary_;
  SparseCategoricalCrossentropy sparse_;
  CategoricalCrossentropy categorical_;
};

}  // namespace tanuki
