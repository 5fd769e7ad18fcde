#pragma once

// The elementwise functions of keras/src/activations and a few of keras/src/ops. Input and output have the same
// shape. At a kink the slope is TensorFlow's.

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

enum class ActivationKind {
  relu,
  relu6,
  leaky_relu,  ///< a: the slope below 0
  elu,         ///< a: alpha, at least 0
  selu,
  celu,       ///< a: alpha
  gelu,       ///< x times the normal distribution function
  gelu_tanh,  ///< gelu(approximate=True)
  silu,
  sigmoid,
  hard_sigmoid,
  log_sigmoid,
  sparse_sigmoid,
  hard_silu,
  tanh,
  tanh_shrink,
  hard_shrink,  ///< a: threshold
  soft_shrink,  ///< a: threshold
  sparse_plus,
  squareplus,  ///< a: Keras' b
  softplus,
  softsign,
  exponential,
  mish,
  threshold,  ///< x above a, else b
  clip,       ///< a to b
  negative,
  absolute,
  square,
  sqrt
};

struct ActivationArguments {
  float a = 0, b = 0;

  friend bool operator==(const ActivationArguments&, const ActivationArguments&) = default;
};

/// True where the slope follows from the function's value; else it is worked out from the input.
constexpr bool slope_from_output(ActivationKind kind) {
  using K = ActivationKind;
  return kind == K::relu || kind == K::relu6 || kind == K::leaky_relu || kind == K::elu || kind == K::selu ||
         kind == K::sigmoid || kind == K::hard_sigmoid || kind == K::tanh || kind == K::exponential ||
         kind == K::sqrt || kind == K::negative;
}

/// A backend gives: forward(context, kind, arguments, x, y), backward(context, kind, arguments, v, dy, dx),
/// where v is y if slope_from_output(kind), else x; y may be x and dx may be dy.
template <class B>
struct ActivationKernel {
  static_assert(backend_missing<B>,
                "this backend has no activation kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Activation final : public Op<B> {
 public:
  explicit Activation(ActivationKind kind, ActivationArguments arguments = {})
      : kind_(kind), arguments_(arguments) {}

  ActivationKind kind() const { return kind_; }
  const ActivationArguments& arguments() const { return arguments_; }

  std::string_view name() const override { return "activation"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override {
    const bool output = slope_from_output(kind_);
    return {.inputs = !output, .output = output};
  }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ActivationKernel<B>::forward(pass.context, kind_, arguments_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ActivationKernel<B>::backward(pass.context, kind_, arguments_,
                                  slope_from_output(kind_) ? pass.output : pass.inputs[0], pass.gradient,
                                  pass.input_gradients[0]);
  }

 private:
  ActivationKind kind_;
  ActivationArguments arguments_;
};

template <class B>
Value<B> activation(Value<B> x, ActivationKind kind, ActivationArguments arguments = {}) {
  return x.graph->emit(std::make_shared<Activation<B>>(kind, arguments), x);
}

}  // namespace tanuki::ops
