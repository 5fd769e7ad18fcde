#pragma once

// activation(convolution of each channel by itself + bias), over (steps, channels).
// kernel (width, in, depth_multiplier), bias (in · depth_multiplier,).
// (keras/src/layers/convolutional/depthwise_conv1d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki {

struct DepthwiseConv1DOptions {
  Index kernel_size;
  Index strides = 1;
  std::string padding = "valid";
  Index depth_multiplier = 1;
  Index dilation_rate = 1;
  std::string activation = {};
  bool use_bias = true;
  Initializer depthwise_initializer = glorot_uniform();
  Initializer bias_initializer = zeros();
  Regularizer depthwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, DepthwiseConv1DOptions& options) {
  field("kernel_size", options.kernel_size);
  field("strides", options.strides);
  field("padding", options.padding);
  field("dilation_rate", options.dilation_rate);
  depthwise_fields(field, options);
}

template <class B = Cpu>
class DepthwiseConv1D final : public LayerOf<DepthwiseConv1D<B>, B> {
 public:
  explicit DepthwiseConv1D(DepthwiseConv1DOptions options)
      : LayerOf<DepthwiseConv1D<B>, B>("DepthwiseConv1D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "depth_multiplier", options_.depth_multiplier);
  }

  const DepthwiseConv1DOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    expect_sequence(input, "depthwise_conv1d");
    const Shape kernel{options_.kernel_size, input.back(), options_.depth_multiplier};
    this->add_weight("kernel", kernel, options_.depthwise_initializer, Role::learned,
                     options_.depthwise_regularizer, options_.depthwise_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {kernel[1] * kernel[2]}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = as_image(x, "depthwise_conv1d");
    x = ops::depthwise_conv2d(x, this->weight("kernel"), settings_.window);
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return as_sequence(activate(x, settings_.activation));
  }

  DepthwiseConv1DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
