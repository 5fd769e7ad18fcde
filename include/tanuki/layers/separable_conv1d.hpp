#pragma once

// A depthwise convolution, then one of width 1 across the channels, bias and activation, over (steps, channels).
// depthwise_kernel (width, in, depth_multiplier), pointwise_kernel (1, in · depth_multiplier, filters), bias
// (filters,). (keras/src/layers/convolutional/separable_conv1d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/sequence.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki {

struct SeparableConv1DOptions {
  Index filters;
  Index kernel_size;
  Index strides = 1;
  std::string padding = "valid";
  Index dilation_rate = 1;
  Index depth_multiplier = 1;
  std::string activation = {};
  bool use_bias = true;
  Initializer depthwise_initializer = glorot_uniform();
  Initializer pointwise_initializer = glorot_uniform();
  Initializer bias_initializer = zeros();
  Regularizer depthwise_regularizer = {};
  Regularizer pointwise_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint depthwise_constraint = {};
  Constraint pointwise_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, SeparableConv1DOptions& options) {
  field("filters", options.filters);
  field("kernel_size", options.kernel_size);
  field("strides", options.strides);
  field("padding", options.padding);
  field("dilation_rate", options.dilation_rate);
  depthwise_fields(field, options);
  field("pointwise_initializer", options.pointwise_initializer);
  field("pointwise_regularizer", options.pointwise_regularizer);
  field("pointwise_constraint", options.pointwise_constraint);
}

template <class B = Cpu>
class SeparableConv1D final : public LayerOf<SeparableConv1D<B>, B> {
 public:
  explicit SeparableConv1D(SeparableConv1DOptions options)
      : LayerOf<SeparableConv1D<B>, B>("SeparableConv1D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "filters", options_.filters);
    expect_positive(this->name(), "depth_multiplier", options_.depth_multiplier);
  }

  const SeparableConv1DOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    expect_sequence(input, "separable_conv1d");
    const Shape depthwise{options_.kernel_size, input.back(), options_.depth_multiplier};
    this->add_weight("depthwise_kernel", depthwise, options_.depthwise_initializer, Role::learned,
                     options_.depthwise_regularizer, options_.depthwise_constraint);
    this->add_weight("pointwise_kernel", {1, depthwise[1] * depthwise[2], options_.filters},
                     options_.pointwise_initializer, Role::learned, options_.pointwise_regularizer,
                     options_.pointwise_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {options_.filters}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = as_image(x, "separable_conv1d");
    x = ops::depthwise_conv2d(x, this->weight("depthwise_kernel"), settings_.window);
    x = ops::conv2d(x, this->weight("pointwise_kernel"));
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return as_sequence(activate(x, settings_.activation));
  }

  SeparableConv1DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
