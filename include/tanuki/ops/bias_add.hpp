#pragma once

// Adds a bias (channels,) along the last axis; works in place.

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives, with x and y seen as (rows, channels):
///   forward(context, x, bias, y); y may be x.
///   backward_input(context, dy, dx): a copy; dx may be dy.
///   backward_bias(context, dy, dbias): the sums down the columns.
template <class B>
struct BiasAddKernel {
  static_assert(backend_missing<B>,
                "this backend has no bias_add kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class BiasAdd final : public Op<B> {
 public:
  explicit BiasAdd(Weight<B> bias) : bias_(std::move(bias)) {}

  const Weight<B>& bias() const { return bias_; }

  std::string_view name() const override { return "bias_add"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape &x = inputs[0], &bias = bias_.shape();
    if (bias.rank() != 1 || x.rank() == 0 || x.back() != bias[0] || bias[0] == 0) {
      fail("[bias_add] input ", x, " does not fit bias ", bias,
           ": expected one number for each of the last axis");
    }
    return x;
  }
  std::vector<Weight<B>> weights() const override { return {bias_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    BiasAddKernel<B>::forward(pass.context, pass.inputs[0], bias_.value().view(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    if (const auto& dbias = pass.weight_gradients[0]) {
      BiasAddKernel<B>::backward_bias(pass.context, pass.gradient, dbias);
    }
    if (const auto& dx = pass.input_gradients[0]) {
      BiasAddKernel<B>::backward_input(pass.context, pass.gradient, dx);
    }
  }

 private:
  Weight<B> bias_;
};

template <class B>
Value<B> bias_add(Value<B> x, Weight<B> bias) {
  return x.graph->emit(std::make_shared<BiasAdd<B>>(std::move(bias)), x);
}

}  // namespace tanuki::ops
