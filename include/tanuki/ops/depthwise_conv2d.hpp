#pragma once

// A convolution of each channel of an image (height, width, channels) by itself, with a kernel (kernel
// height, kernel width, channels, multiplier); output channel c · multiplier + m comes of input channel c.
// Nothing is flipped (keras/src/layers/convolutional/depthwise_conv2d.py). A kernel (width, channels, multiplier)
// is that of a sequence, an image of height 1; one (height, width, 1, channels · multiplier) that of a convolution
// in groups of one channel: the same numbers in the same order. No bias; see bias_add.

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives:
///   forward(context, geometry, x, kernel, y), backward_input(context, geometry, dy, kernel, dx),
///   backward_kernel(context, geometry, x, dy, dkernel). Kernels are (height, width, channels, multiplier).
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
    return {geometry.rows.out, geometry.columns.out, geometry.channels * kernel_shape(geometry)[3]};
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    const WindowGeometry geometry = over(x.shape.without_batch());
    DepthwiseConv2DKernel<B>::forward(pass.context, geometry, x, kernel_view(geometry), pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    const WindowGeometry geometry = over(x.shape.without_batch());
    if (const auto& dx = pass.input_gradients[0]) {
      DepthwiseConv2DKernel<B>::backward_input(pass.context, geometry, pass.gradient, kernel_view(geometry),
                                               dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      DepthwiseConv2DKernel<B>::backward_kernel(pass.context, geometry, x, pass.gradient,
                                                {dkernel.data, kernel_shape(geometry)});
    }
  }

 private:
  WindowGeometry over(const Shape& x) const {
    const Shape& kernel = kernel_.shape();
    const std::size_t rank = kernel.rank();
    if (rank < 3 || rank > 4 || kernel.elements() == 0) {
      fail("[depthwise_conv2d] kernel ", kernel, " is not (height, width, channels, multiplier)");
    }
    const WindowGeometry geometry = options_.window(kernel_size(kernel)).over(x, name());
    const bool in_groups = kernel[rank - 2] == 1 && kernel.back() % geometry.channels == 0;
    if (geometry.channels != kernel[rank - 2] && !in_groups) {
      fail("[depthwise_conv2d] input ", x, " does not fit kernel ", kernel, ": expected ", kernel[rank - 2],
           " channels");
    }
    return geometry;
  }

  Shape kernel_shape(const WindowGeometry& over) const {
    const Index taps = over.rows.kernel * over.columns.kernel;
    return {over.rows.kernel, over.columns.kernel, over.channels,
            kernel_.shape().elements() / (taps * over.channels)};
  }
  ConstTensorView<B> kernel_view(const WindowGeometry& over) const {
    return {kernel_.value().data(), kernel_shape(over)};
  }

  Weight<B> kernel_;
  ConvolutionOptions options_;
};

template <class B>
Value<B> depthwise_conv2d(Value<B> x, Weight<B> kernel, const ConvolutionOptions& options = {}) {
  return x.graph->emit(std::make_shared<DepthwiseConv2D<B>>(std::move(kernel), options), x);
}

}  // namespace tanuki::ops
