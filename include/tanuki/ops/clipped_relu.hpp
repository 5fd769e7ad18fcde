#pragma once

// The general ReLU, elementwise: x above `threshold`, at most `max_value`; negative_slope · (x - threshold)
// below. (keras/src/layers/activations/relu.py)

#include <limits>

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

struct ReluArguments {
  float max_value = std::numeric_limits<float>::infinity();
  float negative_slope = 0;
  float threshold = 0;
};

/// A backend gives: forward(context, arguments, x, y), y may be x; backward(context, arguments, x, dy, dx),
/// dx may be dy.
template <class B>
struct ClippedReluKernel {
  static_assert(backend_missing<B>,
                "this backend has no clipped_relu kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class ClippedRelu final : public Op<B> {
 public:
  explicit ClippedRelu(const ReluArguments& arguments) : arguments_(arguments) {}

  std::string_view name() const override { return "relu"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    ClippedReluKernel<B>::forward(pass.context, arguments_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    ClippedReluKernel<B>::backward(pass.context, arguments_, pass.inputs[0], pass.gradient,
                                   pass.input_gradients[0]);
  }

 private:
  ReluArguments arguments_;
};

template <class B>
Value<B> clipped_relu(Value<B> x, const ReluArguments& arguments) {
  return x.graph->emit(std::make_shared<ClippedRelu<B>>(arguments), x);
}

}  // namespace tanuki::ops
