#pragma once

// A convolution of each channel of an image (height, width, channels) by itself, with a kernel (kernel
// height, kernel width, channels, multiplier); output channel c · multiplier + m comes of input channel c.
// Nothing is flipped (keras/src/layers/convolutional/depthwise_conv2d.py). No bias; see bias_add.

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives:
///   forward(context, geometry, x, kernel, y), backward_input(context, geometry, dy, kernel, dx),
///   backward_kernel(context, geometry, x, dy, dkernel).
template <class B>
struct DepthwiseConv2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no depthwise_conv2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class DepthwiseConv2D final : public Op<B> {
 public:
  DepthwiseConv2D(Weight<B> kernel, const ConvolutionOptions& options)
      : kernel_(std::move(kernel)), options_(options) {}

  const Weight<B>& kernel() const { return kernel_; }
  const ConvolutionOptions& options() const { return options_; }

  std::string_view name() const override { return "depthwise_conv2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const WindowGeometry geometry = over(inputs[0]);
    return {geometry.rows.out, geometry.columns.out, geometry.channels * kernel_.shape()[3]};
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    DepthwiseConv2DKernel<B>::forward(pass.context, over(x.shape.without_batch()), x, kernel_.value().view(),
                                      pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    if (const auto& dx = pass.input_gradients[0]) {
      DepthwiseConv2DKernel<B>::backward_input(pass.context, over(dx.shape.without_batch()), pass.gradient,
                                               kernel_.value().view(), dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      const auto& x = pass.inputs[0];
      DepthwiseConv2DKernel<B>::backward_kernel(pass.context, over(x.shape.without_batch()), x, pass.gradient,
                                                dkernel);
    }
  }

 private:
  WindowGeometry over(const Shape& x) const {
    const Shape& kernel = kernel_.shape();
    if (kernel.rank() != 4 || kernel.elements() == 0) {
      fail("[depthwise_conv2d] kernel ", kernel, " is not (height, width, channels, multiplier)");
    }
    const Window window{{kernel[0], kernel[1]}, options_.strides, options_.padding};
    const WindowGeometry geometry = window.over(x, name());
    if (geometry.channels != kernel[2]) {
      fail("[depthwise_conv2d] input ", x, " does not fit kernel ", kernel, ": expected ", kernel[2],
           " channels");
    }
    return geometry;
  }

  Weight<B> kernel_;
  ConvolutionOptions options_;
};

template <class B>
Value<B> depthwise_conv2d(Value<B> x, Weight<B> kernel, const ConvolutionOptions& options = {}) {
  return x.graph->emit(std::make_shared<DepthwiseConv2D<B>>(std::move(kernel), options), x);
}

}  // namespace tanuki::ops
