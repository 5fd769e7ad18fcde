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
//
// One that can do with sample weights takes a fifth argument, ConstTensorView<B> weights (null: all 1). One that need not wait
// for a GPU has, besides, a const template later() of the same five, which gives a Later<float>. One that is to be taken of the logits
// where the model ends in a sigmoid or softmax has a static replaces() ("sigmoid") and an on_logits() that gives a loss of its own class.
// One that loops over data, which on a GPU is the GPU's, is no template but takes Cpu: docs/adding-a-loss.md.

#include <concepts>
#include <memory>
#include <string>

#include "tanuki/core/class_of.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki {

template <class L, class B>
concept LossFor = requires(const L& loss, const Shape& shape) {
  { loss.name() } -> std::convertible_to<std::string>;
  loss.check(shape, shape);
}
&&(
    requires(const L& loss, Context<B>& context, ConstTensorView<B> view, TensorView<B> gradient) {
      { loss(context, view, view, gradient) } -> std::convertible_to<float>;
    } ||
    requires(const L& loss, Context<B>& context, ConstTensorView<B> view, TensorView<B> gradient) {
      { loss(context, view, view, gradient, view) } -> std::convertible_to<float>;
    });

template <class B>
class AnyLoss;

/// The loss of this name, with its defaults; defined in losses/find.hpp.
template <class B>
AnyLoss<B> find_loss(std::string_view name);

template <class B>
class AnyLoss {
 public:
  /// No loss; only operator bool and copying are defined.
  AnyLoss() = default;

  template <class L>
  requires(!std::same_as<L, AnyLoss> && LossFor<L, B>) AnyLoss(L loss)
      : loss_(std::make_shared<Model<L>>(std::move(loss))) {}

  /// find_loss(name).
  AnyLoss(const char* name) : AnyLoss(find_loss<B>(name)) {}
  AnyLoss(const std::string& name) : AnyLoss(find_loss<B>(name)) {}

  explicit operator bool() const { return loss_ != nullptr; }

  /// Keras' name: "binary_crossentropy".
  std::string name() const { return loss_->name(); }

  /// Throws Error where labels of one example do not fit its predictions.
  void check(const Shape& labels, const Shape& predictions) const { loss_->check(labels, predictions); }

  /// The loss of the batch, reduced as the loss says (by default the mean). Writes its gradient with respect to the
  /// predictions, unless `gradient` is null. Throws Error where the labels or weights do not fit or are out of
  /// range, or where the loss takes no weights.
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient = {}, ConstTensorView<B> weights = {}) const {
    return later(context, labels, predictions, gradient, weights).get();
  }
  /// The same, without waiting for a GPU. The labels must stay until it is asked for, and what is wrong with them is said then.
  Later<float> later(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient = {}, ConstTensorView<B> weights = {}) const {
    return loss_->run(context, labels, predictions, gradient, weights);
  }

  /// It takes the predictions to be logits.
  bool from_logits() const { return loss_->from_logits(); }
  /// "softmax" or "sigmoid": where the predictions come straight out of it, Keras takes this loss of what went in.
  /// Empty: never.
  std::string_view replaces() const { return loss_->replaces(); }
  /// The same loss from logits.
  AnyLoss on_logits() const { return loss_->on_logits(); }

  ops::Reduction reduction() const { return loss_->reduction(); }
  /// The loss is no mean or sum over examples, so a batch cannot be cut in parts.
  bool whole_batch() const { return loss_->whole_batch(); }

  /// The loss itself if it is an L, else null.
  template <class L>
  const L* get() const {
    const auto* model = dynamic_cast<const Model<L>*>(loss_.get());
    return model ? &model->loss : nullptr;
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::string name() const = 0;
    virtual void check(const Shape& labels, const Shape& predictions) const = 0;
    virtual Later<float> run(Context<B>&, ConstTensorView<B>, ConstTensorView<B>, TensorView<B>,
                             ConstTensorView<B>) const = 0;
    virtual bool from_logits() const = 0;
    virtual std::string_view replaces() const = 0;
    virtual AnyLoss on_logits() const = 0;
    virtual ops::Reduction reduction() const = 0;
    virtual bool whole_batch() const = 0;
  };

  template <class L>
  struct Model final : Concept {
    explicit Model(L value) : loss(std::move(value)) {}
    std::string name() const override { return loss.name(); }
    void check(const Shape& labels, const Shape& predictions) const override {
      loss.check(labels, predictions);
    }
    Later<float> run(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient, ConstTensorView<B> weights) const override {
      if constexpr (gives_later()) {
        return loss.later(context, labels, predictions, gradient, weights);
      } else if constexpr (requires { loss(context, labels, predictions, gradient, weights); }) {
        return float(loss(context, labels, predictions, gradient, weights));
      } else {
        if (weights) fail("[", name(), "] this loss takes no sample weights");
        return float(loss(context, labels, predictions, gradient));
      }
    }
    /// It has a later() that does what its operator() does: what derives from one of ours may have another operator().
    static constexpr bool gives_later() {
      if constexpr (
          requires { &L::template operator()<B>; } && requires { &L::template later<B>; }) {
        return StandsFor<&L::template operator()<B>, &L::template later<B>>;
      }
      return false;
    }
    /// What derives from one of ours inherits an on_logits() that gives the base, which would lose what it has besides.
    static constexpr bool has_logits() {
      return requires(const L& one) {
        { L::replaces() } -> std::convertible_to<std::string_view>;
        { one.on_logits() } -> std::same_as<L>;
      };
    }
    bool from_logits() const override {
      if constexpr (requires { loss.from_logits(); }) return loss.from_logits();
      return false;
    }
    std::string_view replaces() const override {
      if constexpr (has_logits()) return L::replaces();
      return {};
    }
    AnyLoss on_logits() const override {
      if constexpr (has_logits()) return loss.on_logits();
      return loss;
    }
    ops::Reduction reduction() const override {
      if constexpr (requires { loss.reduction(); }) return loss.reduction();
      return ops::Reduction::sum_over_batch_size;
    }
    bool whole_batch() const override {
      return requires { L::over_whole_batch; };
    }
    L loss;
  };

  std::shared_ptr<const Concept> loss_;  // never changes, so copies may share it
};

}  // namespace tanuki
