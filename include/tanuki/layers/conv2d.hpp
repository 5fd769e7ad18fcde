#pragma once

// activation(convolution of x with the kernel + bias), over (height, width, channels).
// kernel (height, width, in, filters), bias (filters,). (keras/src/layers/convolutional/conv2d.py)

#include "tanuki/layers/convolution_options.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d.hpp"

namespace tanuki {

struct Conv2DOptions {
  Index filters;
  ops::Size2D kernel_size;
  ops::Size2D strides = 1;
  std::string padding = "valid";
  std::string activation = {};
  bool use_bias = true;
  std::string name = {};
};

template <class B = Cpu>
class Conv2D final : public LayerOf<Conv2D<B>, B> {
 public:
  explicit Conv2D(Conv2DOptions options)
      : LayerOf<Conv2D<B>, B>("Conv2D", options.name),
        options_(std::move(options)),
        settings_(this->name(), options_) {
    expect_positive(this->name(), "filters", options_.filters);
  }

 private:
  void do_build(const Shape& input) const override {
    ops::expect_image(input, "conv2d");
    const auto [height, width] = options_.kernel_size;
    this->add_weight("kernel", {height, width, input.back(), options_.filters}, glorot_uniform());
    if (options_.use_bias) this->add_weight("bias", {options_.filters}, zeros());
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::conv2d(x, this->weight("kernel"), settings_.window);
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, settings_.activation);
  }

  Conv2DOptions options_;
  ConvolutionSettings settings_;
};

}  // namespace tanuki
