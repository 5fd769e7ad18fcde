#pragma once

// Batch normalisation with given statistics: y = (x - mean) / sqrt(variance + epsilon) · gamma + beta for
// each channel (the last axis), worked out as x · scale + shift like tf.nn.batch_normalization.
// (keras/src/layers/normalization/batch_normalization.py)

#include "tanuki/ops/batch_norm_weights.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives:
///   forward(context, x, parameters, mean, variance, epsilon, y); y may be x.
///   backward(context, x, parameters, mean, variance, epsilon, dy, dx, gradients); dx may be dy; x is there
///   where gradients.gamma is.
template <class B>
struct BatchNormInferenceKernel {
  static_assert(
      backend_missing<B>,
      "this backend has no batch_norm_inference kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class BatchNormInference final : public Op<B> {
 public:
  BatchNormInference(BatchNormWeights<B> weights, float epsilon)
      : weights_(std::move(weights)), epsilon_(epsilon) {}

  const BatchNormWeights<B>& parameters() const { return weights_; }
  float epsilon() const { return epsilon_; }

  std::string_view name() const override { return "batch_normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    weights_.check(inputs[0], name());
    return inputs[0];
  }
  std::vector<Weight<B>> weights() const override { return weights_.all(); }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights && weights_.gamma}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    BatchNormInferenceKernel<B>::forward(pass.context, pass.inputs[0], BatchNormParameters<B>(weights_),
                                         mean(), variance(), epsilon_, pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    BatchNormInferenceKernel<B>::backward(
        pass.context, pass.inputs[0], BatchNormParameters<B>(weights_), mean(), variance(), epsilon_,
        pass.gradient, pass.input_gradients[0], BatchNormGradients<B>(weights_, pass.weight_gradients));
  }

 private:
  ConstTensorView<B> mean() const { return weights_.moving_mean.value().view(); }
  ConstTensorView<B> variance() const { return weights_.moving_variance.value().view(); }

  BatchNormWeights<B> weights_;
  float epsilon_;
};

template <class B>
Value<B> batch_norm_inference(Value<B> x, BatchNormWeights<B> weights, float epsilon) {
  return x.graph->emit(std::make_shared<BatchNormInference<B>>(std::move(weights), epsilon), x);
}

}  // namespace tanuki::ops
