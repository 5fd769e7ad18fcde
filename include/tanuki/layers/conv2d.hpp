#pragma once

// activation(convolution of x with the kernel + bias), over (height, width, channels). In groups each part of the filters
// sees its part of the channels. kernel (height, width, in / groups, filters), bias (filters,).
// (keras/src/layers/convolutional/conv2d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"
#include "tanuki/ops/grouped_conv2d.hpp"

namespace tanuki {

struct Conv2DOptions {
  Index filters;
  ops::Size2D kernel_size;
  ops::Size2D strides = 1;
  std::string padding = "valid";
  ops::Size2D dilation_rate = 1;
  Index groups = 1;
  std::string activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform();
  Initializer bias_initializer = zeros();
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, Conv2DOptions& options) {
  field("filters", options.filters);
  field("kernel_size", options.kernel_size);
  field("strides", options.strides);
  field("padding", options.padding);
  field("dilation_rate", options.dilation_rate);
  field("groups", options.groups);
  kernel_fields(field, options);
}

template <class B = Cpu>
class Conv2D final : public LayerOf<Conv2D<B>, B> {
 public:
  explicit Conv2D(Conv2DOptions options)
      : LayerOf<Conv2D<B>, B>("Conv2D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "filters", options_.filters);
    expect_positive(this->name(), "groups", options_.groups);
    if (options_.filters % options_.groups != 0) {
      fail("in '", this->name(), "': ", options_.filters, " filters in ", options_.groups,
           " groups, expected a number that the groups divide");
    }
    expect_no_dilated_strides(this->name(), settings_.window);
  }

  const Conv2DOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    ops::expect_image(input, "conv2d");
    if (input.back() % options_.groups != 0) {
      fail("[conv2d] input ", input, " has ", input.back(), " channels: expected a number that ",
           options_.groups, " groups divide");
    }
    const auto [height, width] = options_.kernel_size;
    const Index in = input.back() / options_.groups;
    this->add_weight("kernel", {height, width, in, options_.filters}, options_.kernel_initializer,
                     Role::learned, options_.kernel_regularizer, options_.kernel_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {options_.filters}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = convolve(x, this->weight("kernel"));
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, settings_.activation);
  }

  ops::Value<B> convolve(ops::Value<B> x, const Weight<B>& kernel) const {
    if (options_.groups == 1) return ops::conv2d(x, kernel, settings_.window);
    if (options_.groups == x.shape().back()) return ops::depthwise_conv2d(x, kernel, settings_.window);
    return ops::grouped_conv2d(x, kernel, settings_.window);
  }

  Conv2DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
