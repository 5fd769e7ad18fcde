#pragma once

// Batch normalisation with the batch's own statistics, for training: mean and population variance of each
// channel (the last axis) over everything else. After a good step the moving statistics follow,
// moving · momentum + batch · (1 - momentum). (keras/src/layers/normalization/batch_normalization.py)
// Throws Error at run time where a channel has a single value: its variance is zero, and nothing is learned.

#include "tanuki/ops/batch_norm_weights.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

/// A backend gives, with `statistics` = (mean, variance), 2 × channels:
///   forward(context, x, parameters, epsilon, y, statistics); y may be x.
///   backward(context, x, parameters, epsilon, statistics, dy, dx, gradients); dx may be dy.
///   move(context, statistics, momentum, moving_mean, moving_variance).
template <class B>
struct BatchNormKernel {
  static_assert(backend_missing<B>,
                "this backend has no batch_norm kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class BatchNorm final : public Op<B> {
 public:
  BatchNorm(BatchNormWeights<B> weights, float epsilon, double momentum)
      : weights_(std::move(weights)), epsilon_(epsilon), momentum_(momentum) {}

  std::string_view name() const override { return "batch_normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    weights_.check(inputs[0], name());
    return inputs[0];
  }
  std::vector<Weight<B>> weights() const override { return weights_.all(); }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  Saved saved(std::span<const Shape> inputs) const override {
    return {.fixed = 2 * inputs[0].back(), .for_commit = true};
  }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    const Shape& shape = pass.inputs[0].shape;
    if (shape.elements() == shape.back()) {
      fail("[batch_normalization] input ", shape,
           " is a batch of one value for each channel, whose variance is "
           "zero: expected more examples, or inference mode");
    }
    BatchNormKernel<B>::forward(pass.context, pass.inputs[0], BatchNormParameters<B>(weights_), epsilon_,
                                pass.output, pass.saved);
  }
  void backward(const BackwardPass<B>& pass) const override {
    BatchNormKernel<B>::backward(pass.context, pass.inputs[0], BatchNormParameters<B>(weights_), epsilon_,
                                 pass.saved, pass.gradient, pass.input_gradients[0],
                                 BatchNormGradients<B>(weights_, pass.weight_gradients));
  }
  void commit(const ForwardPass<B>& pass) const override {
    BatchNormKernel<B>::move(pass.context, pass.saved, momentum_, weights_.moving_mean.edit().view(),
                             weights_.moving_variance.edit().view());
  }

 private:
  BatchNormWeights<B> weights_;
  float epsilon_;
  double momentum_;
};

template <class B>
Value<B> batch_norm(Value<B> x, BatchNormWeights<B> weights, float epsilon, double momentum) {
  return x.graph->emit(std::make_shared<BatchNorm<B>>(std::move(weights), epsilon, momentum), x);
}

}  // namespace tanuki::ops
