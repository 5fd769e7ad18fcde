#pragma once

// A convolution and its neighbours on the GPU. A normalisation is folded into the kernel, which is kept so; bias,
// shortcut and ReLU come after it in one go; what the depthwise part gives is in memory for the whole batch.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/backend/cuda/convolution.hpp"
#include "tanuki/backend/cuda/depthwise_conv2d.hpp"
#include "tanuki/ops/fused_conv2d.hpp"

namespace tanuki::ops {

template <>
struct FusedConv2DKernel<Cuda> {
  using Parts = FusedConv2DParts<Cuda>;
  using Geometry = FusedConv2DGeometry;
  using View = ConstTensorView<Cuda>;
  static constexpr bool limits_relu = false;
  static bool fits_strassen(const Parts&, const Geometry&) { return false; }

  struct Prepared {
    Buffer<Cuda> kernel;         ///< with the normalisation's scale in it; empty where there is none
    Buffer<Cuda> affine;         ///< scale, then shift; empty where nothing is affine
    std::uint64_t versions = 0;  ///< the sum of the weights', which only grow, that these were made of
  };

  static void prepare(Context<Cuda>& context, const Parts& parts, Prepared& prepared) {
    std::uint64_t versions = 1;
    for (const auto& weight : parts.weights()) versions += weight.version();
    if (std::exchange(prepared.versions, versions) == versions || !parts.has_affine()) return;
    const Index channels = parts.kernel.shape().back(), size = parts.kernel.shape().elements();
    const auto numbers = [](const Weight<Cuda>& weight) -> const float* {
      return weight ? weight.value().data() : nullptr;
    };
    if (prepared.affine.size() == 0) prepared.affine = Buffer<Cuda>(2 * channels);
    float* scale = prepared.affine.data();
    context.launch_over(channels, "channels", "affine_of", numbers(parts.norm.moving_mean),
                        numbers(parts.norm.moving_variance), numbers(parts.norm.gamma),
                        numbers(parts.norm.beta), numbers(parts.bias), parts.epsilon, scale, scale + channels,
                        int(channels));
    if (!parts.has_norm()) return;
    if (prepared.kernel.size() == 0) prepared.kernel = Buffer<Cuda>(size);
    const float *by = scale, *no_shift = nullptr;
    context.launch_over(size, "elementwise", "scale_shift", numbers(parts.kernel), by, no_shift,
                        prepared.kernel.data(), int(channels), size);
  }

  static Workspace workspace(const Parts& parts, const Geometry& geometry, Index batch, Wanted wanted) {
    const Index size = parts.kernel.shape().elements(), channels = parts.kernel.shape().back();
    Workspace space;
    space.kept = (parts.has_norm() ? size : 0) + (parts.has_affine() ? 2 * channels : 0);
    if (parts.depthwise)
      space.shared += between_size(parts, geometry) * batch * (wanted.inputs || wanted.weights ? 2 : 1);
    space.shared += convolution(default_context<Cuda>(), parts, geometry).floats(batch, channels, wanted);
    if (wanted.weights) space.shared += size;
    return space;
  }

  static void forward(Context<Cuda>& context, const Parts& parts, const Geometry& geometry,
                      const Prepared& prepared, View x, View shortcut, TensorView<Cuda> y) {
    const Index out = parts.kernel.shape().back(),
                images = y.size() / (out * geometry.convolution.positions());
    const float* shift = parts.has_affine() ? prepared.affine.data() + out : nullptr;
    const float* rows = parts.depthwise ? between(context, parts, geometry, x, images) : x.data;
    convolution(context, parts, geometry)
        .forward(rows, images, kernel(parts, prepared), out, shortcut.data, shift, parts.relu_after, y.data);
  }

  // With G = rowsᵀ·dy: see eigen/fused_conv2d_backward.hpp.
  static void backward(Context<Cuda>& context, const Parts& parts, const Geometry& geometry,
                       const Prepared& prepared, View x, View dy, TensorView<Cuda> dx,
                       const FusedConv2DGradients<Cuda>& gradients) {
    const Index out = parts.kernel.shape().back(),
                images = dy.size() / (out * geometry.convolution.positions());
    const auto product = convolution(context, parts, geometry);
    if (gradients.kernel || gradients.gamma) {
      struct Product;
      const Index size = parts.kernel.shape().elements();
      float* g = gradients.kernel ? gradients.kernel.data : Context<Cuda>::scratch<Product>(size);
      const float* rows = parts.depthwise ? between(context, parts, geometry, x, images) : x.data;
      product.kernel_gradient(rows, images, dy.data, out, g);
      affine_gradients(context, parts, prepared, g, dy, gradients);
      const float *from = g, *scale = prepared.affine.data(), *no_shift = nullptr;
      if (gradients.kernel && parts.has_norm())
        context.launch_over(size, "elementwise", "scale_shift", from, scale, no_shift, g, int(out), size);
    } else {
      affine_gradients(context, parts, prepared, nullptr, dy, gradients);
    }
    if (!dx && !gradients.depthwise) return;
    if (!parts.depthwise)
      return product.input_gradient(x.data, images, dy.data, out, kernel(parts, prepared), dx.data);
    struct Between;
    const WindowGeometry& g = geometry.depthwise;
    const Shape& taps = parts.depthwise.shape();
    float* between = Context<Cuda>::scratch<Between>(between_size(parts, geometry) * images);
    product.input_gradient(nullptr, images, dy.data, out, kernel(parts, prepared), between);
    const View dbetween{between, {images, g.rows.out, g.columns.out, taps[2] * taps[3]}};
    using Depthwise = DepthwiseConv2DKernel<Cuda>;
    if (gradients.depthwise)
      Depthwise::backward_kernel(context, g, x, dbetween, gradients.depthwise, parts.relu_before);
    if (dx)
      Depthwise::backward_input(context, g, dbetween, parts.depthwise.value().view(), dx,
                                parts.relu_before ? x.data : nullptr);
  }

 private:
  /// The convolution reads the input itself through a ReLU.
  static bool reads_relu(const Parts& parts) { return parts.relu_before && !parts.depthwise; }

  static gpu::DenseConvolution convolution(Context<Cuda>& context, const Parts& parts,
                                           const Geometry& geometry) {
    return {context, geometry.convolution, reads_relu(parts), context.precision(parts.bfloat16)};
  }
  static const float* kernel(const Parts& parts, const Prepared& prepared) {
    return parts.has_norm() ? prepared.kernel.data() : parts.kernel.value().data();
  }

  /// Floats of an image between depthwise and convolution.
  static Index between_size(const Parts& parts, const Geometry& geometry) {
    return geometry.depthwise.positions() * parts.depthwise.shape()[2] * parts.depthwise.shape()[3];
  }
  static const float* between(Context<Cuda>& context, const Parts& parts, const Geometry& geometry, View x,
                              Index images) {
    struct Between;
    const Index size = between_size(parts, geometry) * images;
    float* to = Context<Cuda>::scratch<Between>(size);
    DepthwiseConv2DKernel<Cuda>::forward(context, geometry.depthwise, x, parts.depthwise.value().view(),
                                         {to, {size}}, parts.relu_before);
    return to;
  }

  /// g: G, there where gamma's gradient is wanted.
  static void affine_gradients(Context<Cuda>& context, const Parts& parts, const Prepared& prepared,
                               const float* g, View dy, const FusedConv2DGradients<Cuda>& gradients) {
    if (!gradients.gamma && !gradients.beta && !gradients.bias) return;
    const Index out = parts.kernel.shape().back(), inner = parts.kernel.shape().elements() / out;
    const double* products = nullptr;
    if (gradients.gamma) {
      struct Products;
      double* kept = Context<Cuda>::scratch_of_doubles<Products>(out);
      const gpu::ChannelSums sums(context, gpu::ChannelSum::products, parts.kernel.value().data(), g, nullptr,
                                  inner, out);
      context.device().copy(context.device().main_stream(), kept, sums.a(),
                            std::size_t(out) * sizeof(double));
      products = kept;
    }
    const gpu::ChannelSums sums(context, gpu::ChannelSum::gradients, nullptr, dy.data, nullptr,
                                dy.size() / out, out);
    const bool norm = parts.has_norm();
    const float* mean = norm ? parts.norm.moving_mean.value().data() : nullptr;
    const float* variance = norm ? parts.norm.moving_variance.value().data() : nullptr;
    const float* bias = parts.bias ? parts.bias.value().data() : nullptr;
    const float* scale = norm ? prepared.affine.data() : nullptr;
    context.launch_over(out, "channels", "affine_gradients", products, sums.a(), mean, variance, bias, scale,
                        parts.epsilon, gradients.gamma.data, gradients.beta.data, gradients.bias.data,
                        int(out));
  }
};

}  // namespace tanuki::ops
