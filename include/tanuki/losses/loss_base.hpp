#pragma once

// What Keras' losses share: options with .reduction and .name, and the kind of formula. A derived class adds
// class_name(), its options and their checks.

#include "tanuki/losses/loss.hpp"
#include "tanuki/ops/element_loss.hpp"
#include "tanuki/ops/row_loss.hpp"

namespace tanuki {

template <class OptionsType>
class LossBase {
 public:
  using Options = OptionsType;

  const Options& options() const { return options_; }
  std::string name() const { return options_.name; }
  ops::Reduction reduction() const { return reduction_; }

 protected:
  explicit LossBase(Options options)
      : options_(std::move(options)), reduction_(ops::find_reduction(options_.name, options_.reduction)) {}

  /// Throws Error unless the option is a number of at least `least`.
  void check_option(const char* option, double value, double least = 0,
                    double most = std::numeric_limits<double>::infinity()) const {
    if (value >= least && value <= most) return;
    if (most < std::numeric_limits<double>::infinity())
      fail("[", name(), "] ", option, " is ", value, ", expected ", least, " to ", most);
    fail("[", name(), "] ", option, " is ", value, ", expected at least ", least);
  }
  void check_axis(Index axis) const {
    if (axis != -1) fail("[", name(), "] axis is ", axis, ", expected -1, the last");
  }

 private:
  Options options_;
  ops::Reduction reduction_;
};

namespace detail {

/// The same loss of logits.
template <class Loss>
Loss with_logits(const Loss& loss) {
  auto options = loss.options();
  options.from_logits = true;
  return Loss(options);
}

}  // namespace detail

/// Number against number: ops/element_loss.hpp.
template <class Options>
class ElementLossBase : public LossBase<Options> {
 public:
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(this->name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient, ConstTensorView<B> weights = {}) const {
    return later(context, labels, predictions, gradient, weights).get();
  }
  template <class B>
  Later<float> later(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient, ConstTensorView<B> weights) const {
    return ops::element_loss<B>(context, this->name(), kind_, arguments_, this->reduction(),
                                {labels, predictions, weights, gradient, 1});
  }

 protected:
  ElementLossBase(ops::ElementLoss kind, Options options, ops::ElementLossArguments arguments = {})
      : LossBase<Options>(std::move(options)), kind_(kind), arguments_(arguments) {}

 private:
  ops::ElementLoss kind_;
  ops::ElementLossArguments arguments_;
};

/// Row against row: ops/row_loss.hpp.
template <class Options>
class RowLossBase : public LossBase<Options> {
 public:
  void check(const Shape& labels, const Shape& predictions) const {
    ops::detail::check_row_labels(this->name(), kind_, labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient, ConstTensorView<B> weights = {}) const {
    return later(context, labels, predictions, gradient, weights).get();
  }
  template <class B>
  Later<float> later(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient, ConstTensorView<B> weights) const {
    return ops::row_loss<B>(context, this->name(), kind_, arguments_, this->reduction(),
                            {labels, predictions, weights, gradient, 1});
  }

 protected:
  RowLossBase(ops::RowLoss kind, Options options, ops::RowLossArguments arguments = {})
      : LossBase<Options>(std::move(options)), kind_(kind), arguments_(arguments) {}

 private:
  ops::RowLoss kind_;
  ops::RowLossArguments arguments_;
};

}  // namespace tanuki
