#pragma once

// Numbers that are kept become x · scale + shift, with probability `rate` they become `dropped` instead. Which ones
// is drawn from the pass's stream, so that backward draws the same again and nothing is kept. One draw may be for
// several numbers: the noise's shape has axes of 1 then. (keras/src/layers/regularization/dropout.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

struct DropoutArguments {
  float rate = 0;
  float scale = 1;
  float shift = 0, dropped = 0;
};

/// A backend gives: apply(context, random, arguments, noise, x, y): y[i] = random.uniform(j) < rate ? dropped : x[i]
/// · scale + shift, where j is the place in a tensor of the shape `noise`, which broadcasts to x's, batch axis and
/// all; y may be x.
template <class B>
struct DropoutKernel {
  static_assert(backend_missing<B>,
                "this backend has no dropout kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Dropout final : public Op<B> {
 public:
  /// Inverted dropout: what is kept is divided by 1 - rate.
  explicit Dropout(float rate) : Dropout(inverted(rate), {}, true) {}
  /// `noise`: the noise's shape without the batch axis; a rank of 0 is the input's own shape.
  Dropout(const DropoutArguments& arguments, const Shape& noise, bool each_example)
      : arguments_(arguments), noise_(noise), each_example_(each_example) {}

  static DropoutArguments inverted(float rate) {
    return {.rate = rate, .scale = rate < 1 ? 1.0f / (1.0f - rate) : 1.0f};
  }

  std::string_view name() const override { return "dropout"; }
  std::string describe() const override {
    std::ostringstream text;
    text << name() << ' ' << arguments_.rate;
    return text.str();
  }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const float rate = arguments_.rate;
    if (!(rate >= 0 && rate <= 1)) fail("[dropout] the rate is ", rate, ", expected 0 ≤ rate ≤ 1");
    bool fits = noise_.rank() == 0 || noise_.rank() == inputs[0].rank();
    for (std::size_t axis = 0; fits && axis < noise_.rank(); ++axis)
      fits = noise_[axis] == 1 || noise_[axis] == inputs[0][axis];
    if (!fits) fail("[dropout] noise of shape ", noise_, " does not fit input ", inputs[0]);
    return inputs[0];
  }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    apply(pass.context, pass.random, arguments_, pass.inputs[0], pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const DropoutArguments slope{.rate = arguments_.rate, .scale = arguments_.scale};
    apply(pass.context, pass.random, slope, pass.gradient, pass.input_gradients[0]);
  }

 private:
  void apply(Context<B>& context, Random random, const DropoutArguments& arguments, ConstTensorView<B> x,
             TensorView<B> y) const {
    const Shape one = noise_.rank() ? noise_ : x.shape.without_batch();
    if (each_example_) random = random.per_example(std::uint64_t(one.elements()));
    DropoutKernel<B>::apply(context, random, arguments, one.with_batch(each_example_ ? x.shape[0] : 1), x, y);
  }

  DropoutArguments arguments_;
  Shape noise_;
  bool each_example_;
};

template <class B>
Value<B> dropout(Value<B> x, float rate) {
  return x.graph->emit(std::make_shared<Dropout<B>>(rate), x);
}
/// `noise` as in Dropout's constructor; without `each_example` one draw is for the whole batch.
template <class B>
Value<B> dropout(Value<B> x, const DropoutArguments& arguments, const Shape& noise,
                 bool each_example = true) {
  return x.graph->emit(std::make_shared<Dropout<B>>(arguments, noise, each_example), x);
}

}  // namespace tanuki::ops
