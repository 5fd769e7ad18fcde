#pragma once

// Arithmetic of a tensor and a number, elementwise: x + 3, 2 - x, x / 6, max(x, 0), x².

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

enum class ScalarArithmetic { add, subtract, multiply, divide, maximum, minimum, power };

struct ScalarArguments {
  ScalarArithmetic kind = {};
  float scalar = 0;
  bool scalar_first = false;  ///< 2 - x, not x - 2
};

/// A backend gives: forward(context, arguments, x, y), y may be x; backward(context, arguments, x, dy, dx), dx may
/// be dy; x has no numbers where reads() does not ask for it.
template <class B>
struct ScalarArithmeticKernel {
  static_assert(backend_missing<B>,
                "this backend has no scalar_arithmetic kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class ScalarArithmeticOp final : public Op<B> {
 public:
  explicit ScalarArithmeticOp(const ScalarArguments& arguments) : arguments_(arguments) {}

  const ScalarArguments& arguments() const { return arguments_; }

  std::string_view name() const override { return "scalar_arithmetic"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override {
    using K = ScalarArithmetic;
    const K kind = arguments_.kind;
    const bool linear = kind == K::add || kind == K::subtract || kind == K::multiply ||
                        (kind == K::divide && !arguments_.scalar_first);
    return {.inputs = !linear};
  }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ScalarArithmeticKernel<B>::forward(pass.context, arguments_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ScalarArithmeticKernel<B>::backward(pass.context, arguments_, pass.inputs[0], pass.gradient,
                                        pass.input_gradients[0]);
  }

 private:
  ScalarArguments arguments_;
};

template <class B>
Value<B> scalar_arithmetic(Value<B> x, const ScalarArguments& arguments) {
  return x.graph->emit(std::make_shared<ScalarArithmeticOp<B>>(arguments), x);
}

}  // namespace tanuki::ops
