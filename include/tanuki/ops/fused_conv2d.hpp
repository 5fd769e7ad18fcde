#pragma once

// A convolution and its neighbours as one op, which the plan's rules make of several (models/rewrite.hpp):
//   y = after(affine(convolution(depthwise(before(x)))) + shortcut)
// before and after are a ReLU or nothing; affine is a bias, a batch normalisation with given statistics, or
// both; a matrix product over the last axis counts as a convolution with a 1 × 1 window. Every part but the
// convolution may be missing. What lies between the parts is never in memory as a whole.

#include <limits>

#include "tanuki/ops/batch_norm_weights.hpp"
#include "tanuki/ops/graph.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::ops {

/// What the op is made of; an empty handle or false where a part is missing.
template <class B>
struct FusedConv2DParts {
  bool relu_before = false;
  Weight<B> depthwise = {};  ///< (height, width, in, multiplier)
  ConvolutionOptions depthwise_options = {};
  Weight<B> kernel = {};  ///< (height, width, in, out), (width, in, out) or (in, out)
  ConvolutionOptions options = {};
  Weight<B> bias = {};            ///< added before the normalisation
  BatchNormWeights<B> norm = {};  ///< there where norm.moving_mean is
  float epsilon = 0;
  bool shortcut = false;  ///< a second input, of the output's shape
  bool relu_after = false;
  float relu_most = std::numeric_limits<float>::infinity();  ///< of relu_after: min(max(x, 0), relu_most)
  bool bfloat16 = false;  ///< the factors of products are rounded to bfloat16
  /// Forward, or the input's gradient, by Strassen's algorithm if the kernel's numbers allow it. Only where fits_strassen().
  bool strassen_forward = false, strassen_backward = false;

  bool has_norm() const { return bool(norm.moving_mean); }
  bool has_affine() const { return bool(bias) || has_norm(); }

  /// In this order, those that are there: depthwise, kernel, bias, the normalisation's.
  std::vector<Weight<B>> weights() const {
    std::vector<Weight<B>> found;
    for (const auto& weight : {depthwise, kernel, bias}) {
      if (weight) found.push_back(weight);
    }
    for (const auto& weight : norm.all()) found.push_back(weight);
    return found;
  }
};

/// Its windows over one input. A matrix product is one over (rows, 1) images of one pixel each.
struct FusedConv2DGeometry {
  WindowGeometry depthwise;  ///< where there is one
  WindowGeometry convolution;
};

/// Where the weights' gradients go; null where they are not wanted.
template <class B>
struct FusedConv2DGradients {
  TensorView<B> depthwise, kernel, bias, gamma, beta;

  FusedConv2DGradients(const FusedConv2DParts<B>& parts, std::span<const TensorView<B>> in_order) {
    std::size_t i = 0;
    if (parts.depthwise) depthwise = in_order[i++];
    kernel = in_order[i++];
    if (parts.bias) bias = in_order[i++];
    if (parts.norm.gamma) gamma = in_order[i++];
    if (parts.norm.beta) beta = in_order[i++];
  }
};

/// A backend gives, with Prepared any type that it keeps of the weights:
///   prepare(context, parts, prepared), workspace(parts, geometry, batch, wanted),
///   forward(context, parts, geometry, prepared, x, shortcut, y),
///   backward(context, parts, geometry, prepared, x, dy, dx, gradients): of parts without shortcut and
///   relu_after; limits_relu, whether forward knows relu_most; and fits_strassen(parts, geometry),
///   whether it knows parts.strassen_… and that is worth while. x is there where relu_before or a gradient of a weight is wanted.
template <class B>
struct FusedConv2DKernel {
  static_assert(backend_missing<B>,
                "this backend has no fused_conv2d kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

template <class B>
class FusedConv2D final : public Op<B> {
 public:
  explicit FusedConv2D(FusedConv2DParts<B> parts) : parts_(std::move(parts)) {}

  const FusedConv2DParts<B>& parts() const { return parts_; }

  std::string_view name() const override { return "fused_conv2d"; }
  std::string describe() const override {
    const auto window = [](const Weight<B>& kernel, const ConvolutionOptions& options) {
      const Size2D size = kernel_size(kernel.shape());
      std::string text = std::to_string(size.height) + "x" + std::to_string(size.width);
      if (!(options.strides == Size2D(1))) text += " strides " + options.strides.str();
      if (!(options.dilation == Size2D(1))) text += " dilation " + options.dilation.str();
      if (!(options.zeros == Borders())) text += " zeros " + options.zeros.str();
      return text;
    };
    std::string text;
    if (parts_.relu_before) text += "relu + ";
    if (parts_.depthwise) text += "depthwise " + window(parts_.depthwise, parts_.depthwise_options) + " + ";
    text += is_product() ? "matmul" : "conv2d " + window(parts_.kernel, parts_.options);
    if (parts_.bias) text += " + bias";
    if (parts_.has_norm()) text += " + batch_normalization";
    if (parts_.shortcut) text += " + add";
    if (parts_.relu_after) text += parts_.relu_most == 6 ? " + relu6" : " + relu";
    if (parts_.bfloat16) text += ", bfloat16";
    if (parts_.strassen_forward) text += ", strassen";
    if (parts_.strassen_backward) text += ", strassen backward";
    return text;
  }

  Shape output_shape(std::span<const Shape> inputs) const override {
    const Shape& x = inputs[0];
    if (is_product()) {
      std::vector<Index> extents(x.begin(), x.end());
      extents.back() = parts_.kernel.shape()[1];
      return Shape(extents);
    }
    const auto over = geometry(x).convolution;
    return {over.rows.out, over.columns.out, parts_.kernel.shape().back()};
  }
  std::vector<Weight<B>> weights() const override { return parts_.weights(); }
  bool per_example() const override { return true; }
  bool differentiable() const override { return !parts_.shortcut && !parts_.relu_after; }
  Reads reads(Wanted wanted) const override { return {.inputs = wanted.weights || parts_.relu_before}; }

  Workspace workspace(std::span<const Shape> inputs, Index batch, Wanted wanted) const override {
    Workspace space = FusedConv2DKernel<B>::workspace(parts_, geometry(inputs[0]), batch, wanted);
    space.kept_of = parts_.kernel.id();
    return space;
  }

  void prepare(Context<B>& context) const override {
    FusedConv2DKernel<B>::prepare(context, parts_, prepared_);
  }
  void forward(const ForwardPass<B>& pass) const override {
    FusedConv2DKernel<B>::forward(pass.context, parts_, geometry(pass.inputs[0].shape.without_batch()),
                                  prepared_, pass.inputs[0],
                                  parts_.shortcut ? pass.inputs[1] : ConstTensorView<B>{}, pass.output);
  }
  void backward(const BackwardPass<B>& pass) const override {
    FusedConv2DKernel<B>::backward(pass.context, parts_, geometry(pass.inputs[0].shape.without_batch()),
                                   prepared_, pass.inputs[0], pass.gradient, pass.input_gradients[0],
                                   FusedConv2DGradients<B>(parts_, pass.weight_gradients));
  }

  /// The parts' ops have checked that the shapes fit.
  FusedConv2DGeometry geometry(const Shape& x) const {
    if (is_product()) {
      const WindowAxis one{.in = 1, .out = 1, .kernel = 1, .stride = 1, .pad = 0};
      return {{}, {one, one, x.back()}};
    }
    FusedConv2DGeometry found{};
    Shape between = x;
    if (parts_.depthwise) {
      const Shape& kernel = parts_.depthwise.shape();
      found.depthwise = over(kernel, parts_.depthwise_options, x);
      between = {found.depthwise.rows.out, found.depthwise.columns.out, kernel[2] * kernel[3]};
    }
    found.convolution = over(parts_.kernel.shape(), parts_.options, between);
    return found;
  }

 private:
  bool is_product() const { return parts_.kernel.shape().rank() == 2; }

  static WindowGeometry over(const Shape& kernel, const ConvolutionOptions& options, const Shape& x) {
    return options.window(kernel_size(kernel)).over(x, "fused_conv2d");
  }

  FusedConv2DParts<B> parts_;
  mutable typename FusedConv2DKernel<B>::Prepared prepared_;
};

}  // namespace tanuki::ops
