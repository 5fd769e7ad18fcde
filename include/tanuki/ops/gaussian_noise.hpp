#pragma once

// x + deviation · n, or x · (1 + deviation · n), with n normal and its own for each number. n is drawn from the
// pass's stream by element, so that backward draws the same again and nothing is kept.
// (keras/src/layers/regularization/gaussian_noise.py, gaussian_dropout.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives: apply(context, random, deviation, multiply, x, y), n = random.normal(i); y may be x.
template <class B>
struct GaussianNoiseKernel {
  static_assert(backend_missing<B>,
                "this backend has no gaussian_noise kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class GaussianNoise final : public Op<B> {
 public:
  GaussianNoise(float deviation, bool multiply) : deviation_(deviation), multiply_(multiply) {}

  std::string_view name() const override { return "gaussian_noise"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  Reads reads(Wanted) const override { return {}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }
  bool passes_gradient() const override { return !multiply_; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    GaussianNoiseKernel<B>::apply(pass.context, random(pass.random, x.shape), deviation_, multiply_, x,
                                  pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& gradient = pass.gradient;
    GaussianNoiseKernel<B>::apply(pass.context, random(pass.random, gradient.shape), deviation_, multiply_,
                                  gradient, pass.input_gradients[0]);
  }

 private:
  static Random random(const Random& stream, const Shape& batch) {
    return stream.per_example(2 * std::uint64_t(batch.without_batch().elements()));
  }

  float deviation_;
  bool multiply_;
};

template <class B>
Value<B> gaussian_noise(Value<B> x, float deviation, bool multiply = false) {
  return x.graph->emit(std::make_shared<GaussianNoise<B>>(deviation, multiply), x);
}

}  // namespace tanuki::ops
