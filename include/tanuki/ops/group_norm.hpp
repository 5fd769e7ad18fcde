#pragma once

// The channels (the last axis) of each example in groups, each normalised by its own mean and population variance:
// y = (x - mean) / sqrt(variance + epsilon) · gamma + beta, gamma and beta being one number a channel.
// (keras/src/layers/normalization/group_normalization.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// gamma and beta are null where there is none. A backend gives:
///   forward(context, groups, epsilon, x, gamma, beta, y); y may be x.
///   backward(context, groups, epsilon, x, gamma, dy, dx, dgamma, dbeta); dx may be dy; null where not wanted.
template <class B>
struct GroupNormKernel {
  static_assert(backend_missing<B>,
                "this backend has no group_norm kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class GroupNorm final : public Op<B> {
 public:
  /// gamma and beta are empty handles where there is none.
  GroupNorm(Index groups, float epsilon, Weight<B> gamma, Weight<B> beta)
      : groups_(groups), epsilon_(epsilon), gamma_(std::move(gamma)), beta_(std::move(beta)) {}

  std::string_view name() const override { return "group_normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& x = inputs[0];
    if (x.rank() == 0 || groups_ < 1 || x.back() < groups_ || x.back() % groups_ != 0)
      fail("[group_normalization] input ", x, " does not fit ", groups_,
           " groups: expected a number of channels that they divide");
    for (const auto& weight : weights()) {
      if (!(weight.shape() == Shape{x.back()}))
        fail("[group_normalization] input ", x, " does not fit ", weight.name(), " ", weight.shape(),
             ": expected one number a channel");
    }
    return x;
  }
  std::vector<Weight<B>> weights() const override {
    std::vector<Weight<B>> found;
    for (const auto& weight : {gamma_, beta_}) {
      if (weight) found.push_back(weight);
    }
    return found;
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    GroupNormKernel<B>::forward(pass.context, groups_, epsilon_, pass.inputs[0], view(gamma_), view(beta_),
                                pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    TensorView<B> dgamma, dbeta;
    if (gamma_) dgamma = pass.weight_gradients[0];
    if (beta_) dbeta = pass.weight_gradients[gamma_ ? 1 : 0];
    GroupNormKernel<B>::backward(pass.context, groups_, epsilon_, pass.inputs[0], view(gamma_), pass.gradient,
                                 pass.input_gradients[0], dgamma, dbeta);
  }

 private:
  static ConstTensorView<B> view(const Weight<B>& weight) {
    return weight ? weight.value().view() : ConstTensorView<B>{};
  }

  Index groups_;
  float epsilon_;
  Weight<B> gamma_, beta_;
};

template <class B>
Value<B> group_norm(Value<B> x, Index groups, float epsilon, Weight<B> gamma, Weight<B> beta) {
  return x.graph->emit(std::make_shared<GroupNorm<B>>(groups, epsilon, std::move(gamma), std::move(beta)), x);
}

}  // namespace tanuki::ops
