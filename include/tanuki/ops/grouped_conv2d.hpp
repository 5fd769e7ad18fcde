#pragma once

// A convolution in groups of an image (height, width, in) with a kernel (kernel height, kernel width, in / groups,
// out): each group of the output's channels sees its own part of the input's, in order. A kernel (width, in /
// groups, out) is that of a sequence, an image of height 1. (keras/src/layers/convolutional/base_conv.py)

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives, the number of groups being geometry.channels over the kernel's:
///   forward(context, geometry, x, kernel, y), backward_input(context, geometry, dy, kernel, dx),
///   backward_kernel(context, geometry, x, dy, dkernel).
template <class B>
struct GroupedConv2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no grouped_conv2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class GroupedConv2D final : public Op<B> {
 public:
  GroupedConv2D(Weight<B> kernel, const ConvolutionOptions& options)
      : kernel_(std::move(kernel)), options_(options) {}

  std::string_view name() const override { return "grouped_conv2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const WindowGeometry geometry = over(inputs[0]);
    return {geometry.rows.out, geometry.columns.out, kernel_.shape().back()};
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    GroupedConv2DKernel<B>::forward(pass.context, over(x.shape.without_batch()), x, kernel_.value().view(),
                                    pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    const WindowGeometry geometry = over(x.shape.without_batch());
    if (const auto& dx = pass.input_gradients[0]) {
      GroupedConv2DKernel<B>::backward_input(pass.context, geometry, pass.gradient, kernel_.value().view(),
                                             dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      GroupedConv2DKernel<B>::backward_kernel(pass.context, geometry, x, pass.gradient, dkernel);
    }
  }

 private:
  WindowGeometry over(const Shape& x) const {
    const Shape& kernel = kernel_.shape();
    const std::size_t rank = kernel.rank();
    if (rank < 3 || rank > 4 || kernel.elements() == 0) {
      fail("[grouped_conv2d] kernel ", kernel, " is not (height, width, in / groups, out)");
    }
    const WindowGeometry geometry = options_.window(kernel_size(kernel)).over(x, name());
    const Index channels = kernel[rank - 2], groups = geometry.channels / channels;
    if (geometry.channels % channels != 0 || kernel.back() % groups != 0) {
      fail("[grouped_conv2d] input ", x, " does not fit kernel ", kernel, ": expected a multiple of ",
           channels, " channels, in groups that divide ", kernel.back());
    }
    return geometry;
  }

  Weight<B> kernel_;
  ConvolutionOptions options_;
};

template <class B>
Value<B> grouped_conv2d(Value<B> x, Weight<B> kernel, const ConvolutionOptions& options = {}) {
  return x.graph->emit(std::make_shared<GroupedConv2D<B>>(std::move(kernel), options), x);
}

}  // namespace tanuki::ops
