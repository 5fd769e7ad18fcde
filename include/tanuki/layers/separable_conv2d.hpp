#pragma once

// A depthwise convolution, then a 1 × 1 convolution across the channels, bias and activation, over (height,
// width, channels). depthwise_kernel (height, width, in, depth_multiplier), pointwise_kernel (1, 1,
// in · depth_multiplier, filters), bias (filters,). (keras/src/layers/convolutional/separable_conv2d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"

namespace tanuki {

struct SeparableConv2DOptions {
  Index filters;
  ops::Size2D kernel_size;
  ops::Size2D strides = 1;
  std::string padding = "valid";
  Index depth_multiplier = 1;
  std::string activation = {};
  bool use_bias = true;
  std::string name = {};
};

template <class B = Cpu>
class SeparableConv2D final : public LayerOf<SeparableConv2D<B>, B> {
 public:
  explicit SeparableConv2D(SeparableConv2DOptions options)
      : LayerOf<SeparableConv2D<B>, B>("SeparableConv2D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "filters", options_.filters);
    expect_positive(this->name(), "depth_multiplier", options_.depth_multiplier);
  }

 private:
  void do_build(const Shape& input) const override {
    ops::expect_image(input, "separable_conv2d");
    const auto [height, width] = options_.kernel_size;
    const Shape depthwise{height, width, input.back(), options_.depth_multiplier};
    this->add_weight("depthwise_kernel", depthwise, glorot_uniform());
    this->add_weight("pointwise_kernel", {1, 1, depthwise[2] * depthwise[3], options_.filters},
                     glorot_uniform());
    if (options_.use_bias) this->add_weight("bias", {options_.filters}, zeros());
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::depthwise_conv2d(x, this->weight("depthwise_kernel"), settings_.window);
    x = ops::conv2d(x, this->weight("pointwise_kernel"));
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, settings_.activation);
  }

  SeparableConv2DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
