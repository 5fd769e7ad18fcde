#pragma once

// The handle that compile() takes a loss by: AnyLoss<B> holds any struct that has the members of LossFor. A
// loss is no template itself, so the same BinaryCrossentropy() serves every backend. To write one:
//
//   struct MyLoss {
//     std::string name() const { return "my_loss"; }
//     void check(const Shape& labels, const Shape& predictions) const;  // without the batch axis; throws Error
//     template <class B>
//     float operator()(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
//                      TensorView<B> gradient) const;                   // see AnyLoss::operator()
//   };

#include <concepts>
#include <memory>
#include <string>

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki {

template <class L, class B>
concept LossFor = requires(const L& loss, const Shape& shape, Context<B>& context, ConstTensorView<B> labels,
                           ConstTensorView<B> predictions, TensorView<B> gradient) {
  { loss.name() } -> std::convertible_to<std::string>;
  loss.check(shape, shape);
  { loss(context, labels, predictions, gradient) } -> std::convertible_to<float>;
};

template <class B>
class AnyLoss {
 public:
  /// No loss; only operator bool and copying are defined.
  AnyLoss() = default;

  template <class L>
  requires(!std::same_as<L, AnyLoss> && LossFor<L, B>) AnyLoss(L loss)
      : loss_(std::make_shared<Model<L>>(std::move(loss))) {}

  explicit operator bool() const { return loss_ != nullptr; }

  /// Keras' name: "binary_crossentropy".
  std::string name() const { return loss_->name(); }

  /// Throws Error where labels of one example do not fit its predictions.
  void check(const Shape& labels, const Shape& predictions) const { loss_->check(labels, predictions); }

  /// The mean loss over the batch (Keras' sum_over_batch_size). Writes the gradient of that mean with respect
  /// to the predictions, unless `gradient` is null. Throws Error where the labels do not fit or are out of
  /// range.
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient = {}) const {
    return loss_->run(context, labels, predictions, gradient);
  }

  /// It takes the predictions to be logits.
  bool from_logits() const { return loss_->from_logits(); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::string name() const = 0;
    virtual void check(const Shape& labels, const Shape& predictions) const = 0;
    virtual float run(Context<B>&, ConstTensorView<B>, ConstTensorView<B>, TensorView<B>) const = 0;
    virtual bool from_logits() const = 0;
  };

  template <class L>
  struct Model final : Concept {
    explicit Model(L value) : loss(std::move(value)) {}
    std::string name() const override { return loss.name(); }
    void check(const Shape& labels, const Shape& predictions) const override {
      loss.check(labels, predictions);
    }
    float run(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              TensorView<B> gradient) const override {
      return loss(context, labels, predictions, gradient);
    }
    bool from_logits() const override {
      if constexpr (requires { loss.from_logits(); }) return loss.from_logits();
      return false;
    }
    L loss;
  };

  std::shared_ptr<const Concept> loss_;  // never changes, so copies may share it
};

namespace detail {

inline void check_label_smoothing(const char* loss, double value) {
  if (!(value >= 0 && value <= 1)) fail("[", loss, "] label_smoothing is ", value, ", expected 0 to 1");
}

}  // namespace detail

}  // namespace tanuki
