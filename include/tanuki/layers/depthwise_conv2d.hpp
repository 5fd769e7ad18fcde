#pragma once

// activation(convolution of each channel by itself + bias), over (height, width, channels).
// kernel (height, width, in, depth_multiplier), bias (in · depth_multiplier,).
// (keras/src/layers/convolutional/depthwise_conv2d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki {

struct DepthwiseConv2DOptions {
  ops::Size2D kernel_size;
  ops::Size2D strides = 1;
  std::string padding = "valid";
  Index depth_multiplier = 1;
  ops::Size2D dilation_rate = 1;
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
void fields(Field& field, DepthwiseConv2DOptions& options) {
  field("kernel_size", options.kernel_size);
  field("strides", options.strides);
  field("padding", options.padding);
  field("dilation_rate", options.dilation_rate);
  depthwise_fields(field, options);
}

template <class B = Cpu>
class DepthwiseConv2D final : public LayerOf<DepthwiseConv2D<B>, B> {
 public:
  explicit DepthwiseConv2D(DepthwiseConv2DOptions options)
      : LayerOf<DepthwiseConv2D<B>, B>("DepthwiseConv2D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "depth_multiplier", options_.depth_multiplier);
  }

  const DepthwiseConv2DOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    ops::expect_image(input, "depthwise_conv2d");
    const auto [height, width] = options_.kernel_size;
    const Shape kernel{height, width, input.back(), options_.depth_multiplier};
    this->add_weight("kernel", kernel, options_.depthwise_initializer, Role::learned,
                     options_.depthwise_regularizer, options_.depthwise_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {kernel[2] * kernel[3]}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::depthwise_conv2d(x, this->weight("kernel"), settings_.window);
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, settings_.activation);
  }

  DepthwiseConv2DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
