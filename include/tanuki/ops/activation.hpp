#pragma once

// Elementwise activations, as keras/src/activations does them. Input and output have the same shape.

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

enum class ActivationKind { relu, elu, sigmoid, tanh };

/// A backend gives: forward(context, kind, x, y), backward(context, kind, y, dy, dx); y may be x and dx may
/// be dy.
template <class B>
struct ActivationKernel {
  static_assert(backend_missing<B>,
                "this backend has no activation kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Activation final : public Op<B> {
 public:
  explicit Activation(ActivationKind kind) : kind_(kind) {}

  ActivationKind kind() const { return kind_; }

  std::string_view name() const override { return "activation"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.output = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ActivationKernel<B>::forward(pass.context, kind_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ActivationKernel<B>::backward(pass.context, kind_, pass.output, pass.gradient, pass.input_gradients[0]);
  }

 private:
  ActivationKind kind_;
};

template <class B>
Value<B> activation(Value<B> x, ActivationKind kind) {
  return x.graph->emit(std::make_shared<Activation<B>>(kind), x);
}

}  // namespace tanuki::ops
