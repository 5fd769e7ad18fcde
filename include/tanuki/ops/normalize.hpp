#pragma once

// y = (x - mean) / max(sqrt(variance), 1e-7) for each channel (the last axis); mean and variance are
// constants to the gradient. (keras/src/layers/preprocessing/normalization.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// keras.config.epsilon(): a channel without variance is divided by this.
inline constexpr float smallest_deviation = 1e-7f;

/// A backend gives: forward(context, x, mean, variance, y), y may be x;
/// backward(context, variance, dy, dx), dx may be dy.
template <class B>
struct NormalizeKernel {
  static_assert(backend_missing<B>,
                "this backend has no normalize kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Normalize final : public Op<B> {
 public:
  Normalize(Weight<B> mean, Weight<B> variance) : mean_(std::move(mean)), variance_(std::move(variance)) {}

  std::string_view name() const override { return "normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& input = inputs[0];
    for (const auto& weight : weights()) {
      if (input.rank() == 0 || !(weight.shape() == Shape{input.back()})) {
        fail("[normalization] input ", input, " does not fit ", weight.name(), " ", weight.shape(),
             ": expected ", weight.shape().elements(), " channels");
      }
    }
    return input;
  }
  std::vector<Weight<B>> weights() const override { return {mean_, variance_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    NormalizeKernel<B>::forward(pass.context, pass.inputs[0], mean_.value().view(), variance_.value().view(),
                                pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    NormalizeKernel<B>::backward(pass.context, variance_.value().view(), pass.gradient,
                                 pass.input_gradients[0]);
  }

 private:
  Weight<B> mean_, variance_;
};

/// mean and variance of shape (channels,); weights of a layer or constants of the caller's.
template <class B>
Value<B> normalize(Value<B> x, Weight<B> mean, Weight<B> variance) {
  return x.graph->emit(std::make_shared<Normalize<B>>(std::move(mean), std::move(variance)), x);
}

}  // namespace tanuki::ops
