#pragma once

// exp(x) / sum(exp(x)) over the last axis, with the largest x taken off first. (keras/src/activations)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: forward(context, x, y), y may be x; backward(context, y, dy, dx), dx may be dy.
template <class B>
struct SoftmaxKernel {
  static_assert(backend_missing<B>,
                "this backend has no softmax kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Softmax final : public Op<B> {
 public:
  std::string_view name() const override { return "softmax"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (inputs[0].rank() == 0) fail("[softmax] input () has no last axis");
    return inputs[0];
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.output = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    SoftmaxKernel<B>::forward(pass.context, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    SoftmaxKernel<B>::backward(pass.context, pass.output, pass.gradient, pass.input_gradients[0]);
  }
};

template <class B>
Value<B> softmax(Value<B> x) {
  return x.graph->emit(std::make_shared<Softmax<B>>(), x);
}

}  // namespace tanuki::ops
