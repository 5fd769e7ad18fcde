#pragma once

// x · gamma for each channel (the last axis), gamma learned. (LayerScale in keras/src/applications/convnext.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, gamma, y), y may be x; backward_input(context, gamma, dy, dx), dx may be dy;
/// backward_gamma(context, x, dy, dgamma).
template <class B>
struct ScaleKernel {
  static_assert(backend_missing<B>,
                "this backend has no scale kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Scale final : public Op<B> {
 public:
  explicit Scale(Weight<B> gamma) : gamma_(std::move(gamma)) {}

  const Weight<B>& gamma() const { return gamma_; }

  std::string_view name() const override { return "scale"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape &input = inputs[0], &gamma = gamma_.shape();
    if (input.rank() == 0 || gamma.rank() != 1 || gamma[0] != input.back())
      fail("[scale] input ", input, " does not fit gamma ", gamma, ": expected one for each channel");
    return input;
  }
  std::vector<Weight<B>> weights() const override { return {gamma_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ScaleKernel<B>::forward(pass.context, pass.inputs[0], gamma_.value().view(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    if (pass.weight_gradients[0])
      ScaleKernel<B>::backward_gamma(pass.context, pass.inputs[0], pass.gradient, pass.weight_gradients[0]);
    if (pass.input_gradients[0])
      ScaleKernel<B>::backward_input(pass.context, gamma_.value().view(), pass.gradient,
                                     pass.input_gradients[0]);
  }

 private:
  Weight<B> gamma_;
};

template <class B>
Value<B> scale(Value<B> x, Weight<B> gamma) {
  return x.graph->emit(std::make_shared<Scale<B>>(std::move(gamma)), x);
}

}  // namespace tanuki::ops
