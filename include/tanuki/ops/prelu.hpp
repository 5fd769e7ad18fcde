#pragma once

// x above 0, alpha · x below, with a learned alpha that broadcasts to an example's shape; the slope at 0 is 0.
// (keras/src/layers/activations/prelu.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, alpha, y), y may be x; backward(context, x, alpha, dy, dx, dalpha), null
/// where not wanted; dx may be dy. alpha has a batch axis of 1.
template <class B>
struct PReLUKernel {
  static_assert(backend_missing<B>,
                "this backend has no prelu kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class PReLU final : public Op<B> {
 public:
  explicit PReLU(Weight<B> alpha) : alpha_(std::move(alpha)) {}

  std::string_view name() const override { return "prelu"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape &input = inputs[0], &alpha = alpha_.shape();
    bool fits = alpha.rank() == input.rank();
    for (std::size_t i = 0; fits && i < input.rank(); ++i) fits = alpha[i] == 1 || alpha[i] == input[i];
    if (!fits) fail("[prelu] input ", input, " does not fit alpha ", alpha);
    return input;
  }
  std::vector<Weight<B>> weights() const override { return {alpha_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    PReLUKernel<B>::forward(pass.context, pass.inputs[0], alpha(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    PReLUKernel<B>::backward(pass.context, pass.inputs[0], alpha(), pass.gradient, pass.input_gradients[0],
                             pass.weight_gradients[0]);
  }

 private:
  ConstTensorView<B> alpha() const { return {alpha_.value().data(), alpha_.shape().with_batch(1)}; }

  Weight<B> alpha_;
};

template <class B>
Value<B> prelu(Value<B> x, Weight<B> alpha) {
  return x.graph->emit(std::make_shared<PReLU<B>>(std::move(alpha)), x);
}

}  // namespace tanuki::ops
