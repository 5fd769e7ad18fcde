#pragma once

// Inverted dropout: each number becomes 0 with probability `rate`, else x / (1 - rate). Which ones is drawn
// from the pass's stream by element, so that backward draws the same again and nothing is kept.
// (keras/src/layers/regularization/dropout.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: apply(context, random, rate, x, y), y[i] = random.uniform(i) < rate ? 0 : x[i] / (1 -
/// rate); y may be x.
template <class B>
struct DropoutKernel {
  static_assert(backend_missing<B>,
                "this backend has no dropout kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Dropout final : public Op<B> {
 public:
  explicit Dropout(float rate) : rate_(rate) {}

  std::string_view name() const override { return "dropout"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    if (!(rate_ >= 0 && rate_ < 1)) fail("[dropout] the rate is ", rate_, ", expected 0 ≤ rate < 1");
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    DropoutKernel<B>::apply(pass.context, random(pass.random, x.shape), rate_, x, pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& gradient = pass.gradient;
    DropoutKernel<B>::apply(pass.context, random(pass.random, gradient.shape), rate_, gradient,
                            pass.input_gradients[0]);
  }

 private:
  static Random random(const Random& stream, const Shape& batch) {
    return stream.per_example(std::uint64_t(batch.without_batch().elements()));
  }

  float rate_;
};

template <class B>
Value<B> dropout(Value<B> x, float rate) {
  return x.graph->emit(std::make_shared<Dropout<B>>(rate), x);
}

}  // namespace tanuki::ops
