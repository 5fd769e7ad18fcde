#pragma once

// The transpose of a convolution: from an image (height, width, in) the gradient of the image that a convolution with
// the kernel (kernel height, kernel width, out, in) would have made it of. A kernel (width, out, in) is that of a
// sequence, an image of height 1. No bias; see bias_add. (keras/src/backend/common/backend_utils.py,
// tf.nn.conv_transpose)

#include <optional>

#include "tanuki/ops/conv2d.hpp"

namespace tanuki::ops {

/// Its backend is that of conv2d. `options` are those of the convolution; `output_padding`, which is below the
/// strides, gives the output's size where several come from the same input.
template <class B>
class Conv2DTranspose final : public Op<B> {
 public:
  Conv2DTranspose(Weight<B> kernel, const ConvolutionOptions& options,
                  std::optional<Size2D> output_padding = {})
      : kernel_(std::move(kernel)), options_(options), output_padding_(output_padding) {}

  std::string_view name() const override { return "conv2d_transpose"; }
  Shape output_shape(std::span<const Shape> inputs) const override {
    const WindowGeometry geometry = from(inputs[0]);
    return {geometry.rows.in, geometry.columns.in, geometry.channels};
  }
  std::vector<Weight<B>> weights() const override { return {kernel_}; }
  bool per_example() const override { return true; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights}; }

  void forward(const ForwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    Conv2DKernel<B>::backward_input(pass.context, from(x.shape.without_batch()), x, kernel_.value().view(),
                                    pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    const auto& x = pass.inputs[0];
    const WindowGeometry geometry = from(x.shape.without_batch());
    if (const auto& dx = pass.input_gradients[0]) {
      Conv2DKernel<B>::forward(pass.context, geometry, pass.gradient, kernel_.value().view(), dx);
    }
    if (const auto& dkernel = pass.weight_gradients[0]) {
      Conv2DKernel<B>::backward_kernel(pass.context, geometry, pass.gradient, x, dkernel);
    }
  }

 private:
  /// Of the convolution, whose output is x.
  WindowGeometry from(const Shape& x) const {
    expect_image(x, name());
    const Shape& kernel = kernel_.shape();
    const std::size_t rank = kernel.rank();
    if (rank < 3 || rank > 4 || kernel.elements() == 0) {
      fail("[conv2d_transpose] kernel ", kernel, " is not (height, width, out, in)");
    }
    if (x[2] != kernel.back()) {
      fail("[conv2d_transpose] input ", x, " does not fit kernel ", kernel, ": expected ", kernel.back(),
           " channels");
    }
    const Size2D size = kernel_size(kernel);
    constexpr Index most = Index{1} << 30;  // keeps the sums of made_of() in range
    for (Index number : {x[0], x[1], size.height, size.width, options_.strides.height, options_.strides.width,
                         options_.dilation.height, options_.dilation.width}) {
      if (number < 1 || number > most)
        fail("[conv2d_transpose] input ", x, ", kernel ", kernel, ", strides ", options_.strides.str(),
             ", dilation ", options_.dilation.str(), ": expected numbers from 1 to ", most);
    }
    const auto padding = [&](auto member) {
      return output_padding_ ? std::optional<Index>((*output_padding_).*member) : std::nullopt;
    };
    const Index height = made_of(x[0], size.height, options_.strides.height, options_.dilation.height,
                                 padding(&Size2D::height)),
                width = made_of(x[1], size.width, options_.strides.width, options_.dilation.width,
                                padding(&Size2D::width));
    const Shape y{height, width, kernel[rank - 2]};
    const WindowGeometry geometry = options_.window(size).over(y, name());
    if (geometry.rows.out != x[0] || geometry.columns.out != x[1]) {
      fail("[conv2d_transpose] no output of ", y, " comes from input ", x,
           ": expected an output_padding that fits kernel ", kernel, " and strides ", options_.strides.str());
    }
    return geometry;
  }

  /// Keras' size of the output. At least 1, so that what does not fit is found by the check above.
  Index made_of(Index size, Index kernel, Index stride, Index dilation, std::optional<Index> padding) const {
    const Index extent = (kernel - 1) * dilation + 1;
    Index made = 0;
    if (options_.padding == Padding::valid) {
      made = (size - 1) * stride + extent + padding.value_or(std::max(extent, stride) - extent);
    } else {
      made = padding ? (size - 1) * stride + extent % 2 + *padding : size * stride;
    }
    return std::max<Index>(made, 1);
  }

  Weight<B> kernel_;
  ConvolutionOptions options_;
  std::optional<Size2D> output_padding_;
};

template <class B>
Value<B> conv2d_transpose(Value<B> x, Weight<B> kernel, const ConvolutionOptions& options = {},
                          std::optional<Size2D> output_padding = {}) {
  return x.graph->emit(std::make_shared<Conv2DTranspose<B>>(std::move(kernel), options, output_padding), x);
}

}  // namespace tanuki::ops
