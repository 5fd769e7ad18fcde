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
  std::string activation = {};
  bool use_bias = true;
  std::string name = {};
};

template <class B = Cpu>
class DepthwiseConv2D final : public LayerOf<DepthwiseConv2D<B>, B> {
 public:
  explicit DepthwiseConv2D(DepthwiseConv2DOptions options)
      : LayerOf<DepthwiseConv2D<B>, B>("DepthwiseConv2D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "depth_multiplier", options_.depth_multiplier);
  }

 private:
  void do_build(const Shape& input) const override {
    ops::expect_image(input, "depthwise_conv2d");
    const auto [height, width] = options_.kernel_size;
    const Shape kernel{height, width, input.back(), options_.depth_multiplier};
    this->add_weight("kernel", kernel, glorot_uniform());
    if (options_.use_bias) this->add_weight("bias", {kernel[2] * kernel[3]}, zeros());
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
