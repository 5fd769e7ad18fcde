#pragma once

// y = (x - mean) / d with d = max(sqrt(variance), 1e-7), or, inverted, y = mean + x · d. mean and variance hold one
// number for each of the last axes of x (as many of these as it takes), or those that `map` names; they are constants
// to the gradient. (keras/src/layers/preprocessing/normalization.py)

#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// keras.config.epsilon(): a channel without variance is divided by this.
inline constexpr float smallest_deviation = 1e-7f;

struct NormalizeOptions {
  bool invert = false;
  /// Which numbers of mean and variance those of one period of x meet; x repeats the period. Empty: the first meets
  /// the first, and so on.
  std::vector<Index> map = {};
};

/// A backend gives: forward(context, options, x, mean, variance, y), y may be x;
/// backward(context, options, variance, dy, dx), dx may be dy.
template <class B>
struct NormalizeKernel {
  static_assert(backend_missing<B>,
                "this backend has no normalize kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Normalize final : public Op<B> {
 public:
  Normalize(Weight<B> mean, Weight<B> variance, NormalizeOptions options = {})
      : mean_(std::move(mean)), variance_(std::move(variance)), options_(std::move(options)) {}

  std::string_view name() const override { return "normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& input = inputs[0];
    const auto& map = options_.map;
    for (const auto& weight : weights()) {
      const Index numbers = weight.shape().elements(), period = map.empty() ? numbers : Index(map.size());
      if (!is_period(input, period)) {
        fail("[normalization] input ", input, " does not fit ", weight.name(), " ", weight.shape(),
             ": expected ", weight.shape().elements(), " channels");
      }
      for (Index place : map) {
        if (place < 0 || place >= numbers)
          fail("[normalization] ", weight.name(), " ", weight.shape(), " has no number ", place);
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
    NormalizeKernel<B>::forward(pass.context, options_, pass.inputs[0], mean_.value().view(),
                                variance_.value().view(), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    NormalizeKernel<B>::backward(pass.context, options_, variance_.value().view(), pass.gradient,
                                 pass.input_gradients[0]);
  }

 private:
  /// True where the last axes have that many numbers.
  static bool is_period(const Shape& shape, Index period) {
    Index product = 1;
    for (std::size_t axis = shape.rank(); axis > 0 && product < period; --axis) product *= shape[axis - 1];
    return product == period;
  }

  Weight<B> mean_, variance_;
  NormalizeOptions options_;
};

/// mean and variance: weights of a layer or constants of the caller's.
template <class B>
Value<B> normalize(Value<B> x, Weight<B> mean, Weight<B> variance, NormalizeOptions options = {}) {
  return x.graph->emit(
      std::make_shared<Normalize<B>>(std::move(mean), std::move(variance), std::move(options)), x);
}

}  // namespace tanuki::ops
