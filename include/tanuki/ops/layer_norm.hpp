#pragma once

// Each row along some axes of an example normalised by its own mean and population variance:
// y = (x - mean) / sqrt(variance + epsilon) · gamma + beta. With rms_scaling nothing is subtracted, and there is no
// beta. (keras/src/ops/nn.py: layer_normalization)

#include "tanuki/ops/axis_rows.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki::ops {

struct LayerNormOptions {
  std::vector<std::size_t> axes;  ///< without the batch's, in rising order
  float epsilon = 1e-3f;
  bool rms_scaling = false;
};

/// gamma and beta: as many numbers as a row has; null where there is none. A backend gives:
///   forward(context, rows, options, x, gamma, beta, y); y may be x.
///   backward(context, rows, options, x, gamma, dy, dx, dgamma, dbeta); dx may be dy; null where not wanted.
template <class B>
struct LayerNormKernel {
  static_assert(backend_missing<B>,
                "this backend has no layer_norm kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class LayerNorm final : public Op<B> {
 public:
  /// gamma and beta are empty handles where there is none.
  LayerNorm(LayerNormOptions options, Weight<B> gamma, Weight<B> beta)
      : options_(std::move(options)), gamma_(std::move(gamma)), beta_(std::move(beta)) {}

  std::string_view name() const override { return "layer_normalization"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const AxisRows found = rows(inputs[0]);
    for (const auto& weight : weights()) {
      if (weight.shape().elements() != found.size)
        fail("[layer_normalization] input ", inputs[0], " does not fit ", weight.name(), " ", weight.shape(),
             ": expected ", found.size, " numbers");
    }
    return inputs[0];
  }
  std::vector<Weight<B>> weights() const override {
    std::vector<Weight<B>> found;
    for (const auto& weight : {gamma_, beta_}) {
      if (weight) found.push_back(weight);
    }
    return found;
  }
  bool per_example() const override { return true; }
  Reads reads(Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }
  bool overwrites_gradient() const override { return true; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    LayerNormKernel<B>::forward(pass.context, rows(x.shape.without_batch()), options_, x, view(gamma_),
                                view(beta_), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    TensorView<B> dgamma, dbeta;
    if (gamma_) dgamma = pass.weight_gradients[0];
    if (beta_) dbeta = pass.weight_gradients[gamma_ ? 1 : 0];
    LayerNormKernel<B>::backward(pass.context, rows(x.shape.without_batch()), options_, x, view(gamma_),
                                 pass.gradient, pass.input_gradients[0], dgamma, dbeta);
  }

 private:
  AxisRows rows(const Shape& example) const { return {example, options_.axes, "layer_normalization"}; }
  static ConstTensorView<B> view(const Weight<B>& weight) {
    return weight ? weight.value().view() : ConstTensorView<B>{};
  }

  LayerNormOptions options_;
  Weight<B> gamma_, beta_;
};

template <class B>
Value<B> layer_norm(Value<B> x, LayerNormOptions options, Weight<B> gamma, Weight<B> beta) {
  return x.graph->emit(std::make_shared<LayerNorm<B>>(std::move(options), std::move(gamma), std::move(beta)),
                       x);
}

}  // namespace tanuki::ops
