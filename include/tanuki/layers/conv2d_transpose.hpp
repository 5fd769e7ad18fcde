#pragma once

// activation(transposed convolution of x with the kernel + bias), over (height, width, channels): it goes from the shape of a
// convolution's output to that of its input. kernel (height, width, filters, in), bias (filters,). `output_padding`, below
// the strides, says which of the sizes that give the same output.
// (keras/src/layers/convolutional/conv2d_transpose.py)

#include <optional>

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d_transpose.hpp"

namespace tanuki {

struct Conv2DTransposeOptions {
  Index filters;
  ops::Size2D kernel_size;
  ops::Size2D strides = 1;
  std::string padding = "valid";
  std::optional<ops::Size2D> output_padding = {};
  ops::Size2D dilation_rate = 1;
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
void fields(Field& field, Conv2DTransposeOptions& options) {
  field("filters", options.filters);
  field("kernel_size", options.kernel_size);
  field("strides", options.strides);
  field("padding", options.padding);
  field("output_padding", options.output_padding);
  field("dilation_rate", options.dilation_rate);
  kernel_fields(field, options);
}

template <class B = Cpu>
class Conv2DTranspose final : public LayerOf<Conv2DTranspose<B>, B> {
 public:
  explicit Conv2DTranspose(Conv2DTransposeOptions options)
      : LayerOf<Conv2DTranspose<B>, B>("Conv2DTranspose", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "filters", options_.filters);
    expect_no_dilated_strides(this->name(), settings_.window);
    if (const auto padding = options_.output_padding) {
      expect_below("output_padding", padding->height, options_.strides.height);
      expect_below("output_padding", padding->width, options_.strides.width);
    }
  }

  const Conv2DTransposeOptions& options() const { return options_; }

 private:
  void expect_below(std::string_view option, Index number, Index stride) const {
    if (number < 0 || number >= stride) {
      fail("in '", this->name(), "': ", option, " is ", number, ", expected 0 to the stride, ", stride,
           ", less 1");
    }
  }

  void do_build(const Shape& input) const override {
    ops::expect_image(input, "conv2d_transpose");
    const auto [height, width] = options_.kernel_size;
    this->add_weight("kernel", {height, width, options_.filters, input.back()}, options_.kernel_initializer,
                     Role::learned, options_.kernel_regularizer, options_.kernel_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {options_.filters}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::conv2d_transpose(x, this->weight("kernel"), settings_.window, options_.output_padding);
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, settings_.activation);
  }

  Conv2DTransposeOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
