#pragma once

// A convolution of an image (height, width, in) with a kernel (kernel height, kernel width, in, out): at
// every position of the window the product of the pixels under it with the kernel, which is not flipped
// (keras/src/layers/convolutional/conv2d.py). A kernel (width, in, out) is that of a sequence, an image of height
// 1. No bias; see bias_add.

#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// A backend gives:
///   forward(context, geometry, x, kernel, y), backward_input(context, geometry, dy, kernel, dx),
///   backward_kernel(context, geometry, x, dy, dkernel).
template <class B>
struct Conv2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no conv2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class Conv2D final : public Op<B> {
 public:
  Conv2D(Weight<B> kernel, const ConvolutionOptions& options)
      : kernel_(std::move(kernel)), options_(options) {}

  const Weight<B>& kernel() const { return kernel_; }
  const ConvolutionOptions& options() const { return options_; }

  std::string_view name() const override { return "conv2d"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const WindowGeometry geometry = over(inputs[0]);
    return {geometry.rows.out, geometry.columns.out, kernel_.shape().back()};
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    Conv2DKernel<B>::forward(pass.context, over(x.shape.without_batch()), x, kernel_.value().view(),
                             pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    if (const auto& dx = pass.input_gradients[0]) {
      Conv2DKernel<B>::backward_input(pass.context, over(dx.shape.without_batch()), pass.gradient,
                                      kernel_.value().view(), dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      const auto& x = pass.inputs[0];
      Conv2DKernel<B>::backward_kernel(pass.context, over(x.shape.without_batch()), x, pass.gradient,
                                       dkernel);
    }
  }

 private:
  WindowGeometry over(const Shape& x) const {
    const Shape& kernel = kernel_.shape();
    const std::size_t rank = kernel.rank();
    if (rank < 3 || rank > 4 || kernel.elements() == 0) {
      fail("[conv2d] kernel ", kernel, " is not (height, width, in, out)");
    }
    const WindowGeometry geometry = options_.window(kernel_size(kernel)).over(x, name());
    if (geometry.channels != kernel[rank - 2]) {
      fail("[conv2d] input ", x, " does not fit kernel ", kernel, ": expected ", kernel[rank - 2],
           " channels");
    }
    return geometry;
  }

  Weight<B> kernel_;
  ConvolutionOptions options_;
};

template <class B>
Value<B> conv2d(Value<B> x, Weight<B> kernel, const ConvolutionOptions& options = {}) {
  return x.graph->emit(std::make_shared<Conv2D<B>>(std::move(kernel), options), x);
}

}  // namespace tanuki::ops
