#pragma once

// The gradients of a fused convolution on the CPU. They need neither what lay between depthwise and convolution,
// which is worked out again, nor what the normalisation read. With G = rowsᵀ·dy and a channel's inverse deviation,
//   dkernel = G ⊙ scale,  dgamma = (sum over k of kernel[k] ⊙ G[k] + (bias - mean) ⊙ sum(dy)) ⊙ inverse,
//   dbeta = sum(dy),      dbias = sum(dy) ⊙ scale,      drows = dy·(kernel ⊙ scale)ᵀ.
// The batch is cut into at most 32 parts of whole images, whatever the number of threads. Sums over the images are
// taken in each part, then over the parts in order. Where there is a depthwise half, an image goes through all of it
// in strips of rows, what lies between the gradients of both halves being made and used in the cache.

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/backend/eigen/depthwise_conv2d.hpp"
#include "tanuki/backend/eigen/fused_rows.hpp"
#include "tanuki/backend/eigen/strassen.hpp"
#include "tanuki/backend/eigen/winograd_gradient.hpp"

namespace tanuki::eigen {

class FusedConv2DBackward {
 public:
  using View = ConstTensorView<Cpu>;
  using Parts = ops::FusedConv2DParts<Cpu>;

  /// `scale` empty: 1.
  FusedConv2DBackward(Context<Cpu>& context, const Parts& parts, const ops::FusedConv2DGeometry& geometry,
                      const std::vector<float>& scale, View x, View dy, TensorView<Cpu> dx,
                      const ops::FusedConv2DGradients<Cpu>& gradients)
      : context_(context),
        parts_(parts),
        geometry_(geometry),
        scale_(scale),
        x_(x),
        dy_(dy),
        dx_(dx),
        gradients_(gradients),
        kernel_(kernel_matrix(parts)),
        out_(kernel_.columns),
        positions_(geometry.convolution.positions()),
        images_(dy.size() / (out_ * positions_)),
        cut_(std::min(images_, most_parts)) {}

  /// What run() takes, for `batch` images.
  static ops::Workspace workspace(const Parts& parts, const ops::FusedConv2DGeometry& geometry, Index batch,
                                  ops::Wanted wanted) {
    const Matrix kernel = kernel_matrix(parts);
    const ops::WindowGeometry& g = geometry.convolution;
    const Index outputs = kernel.rows * kernel.columns, positions = g.positions(),
                cut = std::min(batch, most_parts);
    ops::Workspace space;
    if (wanted.weights) {
      const bool in_parts =
          (parts.depthwise || !g.is_pointwise()) && outputs <= Index{1} << 16 && !by_winograd(parts);
      space.shared += by_winograd(parts)
                          ? WinogradGradient(g, batch, kernel.columns).scratch()
                          : std::min(Index{1} << 20, batch * positions * (kernel.rows + kernel.columns));
      space.shared +=
          cut * ((in_parts ? outputs : 0) + (parts.depthwise ? parts.depthwise.shape().elements() : 0));
    }
    if (wanted.inputs || (wanted.weights && parts.depthwise)) {
      const Index in = g.channels, out = kernel.columns;
      space.shared += by_winograd(parts)        ? WinogradMatrices::size(out, in)
                      : parts.strassen_backward ? StrassenMatrix::size(kernel.transposed())
                                                : PackedMatrix::size(kernel.transposed());
      if (by_winograd(parts))
        space.per_thread += winograd_scratch(detail::WinogradTiles{turned(g, out)}.count(batch), out, in);
      if (parts.strassen_backward) space.per_thread += strassen_scratch(positions, kernel.columns);
      space.per_thread += parts.depthwise ? positions * kernel.rows : Index{1} << 18;
    }
    return space;
  }

  void run() {
    struct ProductScratch;
    struct PartialScratch;
    const bool sums = gradients_.gamma || gradients_.beta || gradients_.bias;
    const bool product = gradients_.kernel || gradients_.gamma, inputs = dx_ || gradients_.depthwise;
    const bool by_image = parts_.depthwise || !geometry_.convolution.is_pointwise();
    const Index outputs = kernel_.rows * out_;
    if (product) {
      product_ = gradients_.kernel ? gradients_.kernel.data : Context<Cpu>::scratch<ProductScratch>(outputs);
    }
    // A large product has work enough for the threads in itself, and in parts would take much memory.
    const bool product_by_winograd = product && by_winograd(parts_);
    const bool product_in_parts =
        product && by_image && cut_ > 1 && outputs <= Index{1} << 16 && !product_by_winograd;
    if (product_by_winograd) {
      WinogradGradient(geometry_.convolution, images_, out_)
          .run(context_, x_.data, parts_.relu_before, dy_.data, product_);
    } else if (product && !product_in_parts) {
      with_rows(parts_, geometry_, x_.data, [&](const auto& rows) {
        const Matrix dy = dense(dy_.data, images_ * positions_, out_);
        if (parts_.bfloat16) return multiply_transposed_bf16(context_, rows, kernel_.rows, dy, product_);
        multiply_transposed(context_, rows, kernel_.rows, dy, product_);
      });
    }
    if (inputs) transpose_kernel();
    if (inputs && (!by_image || winograd_.data)) {
      if (winograd_.data) {
        winograd(context_, turned(geometry_.convolution, out_), images_, dy_.data, false, winograd_, dx_.data,
                 {});
      } else {
        rows_gradient(dy_.data, images_, positions_, dx_.data);
      }
      if (parts_.relu_before) mask();
    }

    const Index product_size = product_in_parts ? outputs : 0;
    const Index depthwise_size = gradients_.depthwise ? gradients_.depthwise.size() : 0;
    float* products = Context<Cpu>::scratch<PartialScratch>(cut_ * (product_size + depthwise_size));
    float* depthwises = products + cut_ * product_size;
    std::vector<double> part_sums(sums ? std::size_t(cut_ * out_) : 0);
    if (sums || by_image) {
      context_.parallel(cut_, [&](Index part, int) {
        const Index first = part * images_ / cut_, end = (part + 1) * images_ / cut_;
        const Sums to{sums ? part_sums.data() + part * out_ : nullptr,
                      product_in_parts ? products + part * product_size : nullptr,
                      gradients_.depthwise ? depthwises + part * depthwise_size : nullptr};
        std::fill_n(products + part * product_size, product_size, 0.0f);
        std::fill_n(depthwises + part * depthwise_size, depthwise_size, 0.0f);
        if (!by_image) return add_column_sums(first * positions_, end * positions_, to.columns);
        for (Index image = first; image < end; ++image)
          parts_.depthwise ? separable_image(image, inputs, to) : image_of_convolution(image, inputs, to);
      });
    }
    if (product_in_parts) add_parts(context_, products, cut_, outputs, product_);
    if (gradients_.depthwise)
      add_parts(context_, depthwises, cut_, depthwise_size, gradients_.depthwise.data);
    std::vector<double> dy_sums(std::size_t(out_), 0.0);
    for (std::size_t i = 0; i < part_sums.size(); ++i) dy_sums[i % dy_sums.size()] += part_sums[i];
    finish(dy_sums);
  }

 private:
  static constexpr Index most_parts = 32;

  /// What a part of the batch adds to; null what nobody wants.
  struct Sums {
    double* columns;  ///< of dy
    float *product, *depthwise;
  };

  /// Whether Winograd's algorithm is worth while for both gradients: from and to many channels. (Xception's one 3x3 convolution
  /// without strides, of 32, takes as long as without.)
  static bool by_winograd(const Parts& parts) {
    const Shape& kernel = parts.kernel.shape();
    const Index least = kernel.rank() == 4 ? std::min(kernel[2], kernel[3]) : 0;
    return fits_winograd(parts, least, least);
  }

  /// The kernel's transpose with the scale in it, packed. In scratch.
  void transpose_kernel() {
    struct TransposedScratch;
    const Matrix turned = kernel_.transposed();
    const float* scale = scale_.empty() ? nullptr : scale_.data();
    if (parts_.bfloat16) {
      float* memory = Context<Cpu>::scratch<TransposedScratch>(PackedMatrixBf16::size(turned));
      packed_bf16_ = PackedMatrixBf16::pack(context_, turned, reinterpret_cast<Bf16Pair*>(memory), scale);
    } else if (by_winograd(parts_)) {
      const Index in = geometry_.convolution.channels;
      float* memory = Context<Cpu>::scratch<TransposedScratch>(WinogradMatrices::size(out_, in));
      winograd_ =
          WinogradMatrices::pack(context_, Taps::turned(kernel_.data, in, out_, scale), out_, in, memory);
    } else if (parts_.strassen_backward && is_balanced(context_, turned, scale)) {
      float* memory = Context<Cpu>::scratch<TransposedScratch>(StrassenMatrix::size(turned));
      strassen_ = StrassenMatrix::pack(context_, turned, memory, scale);
    } else {
      float* memory = Context<Cpu>::scratch<TransposedScratch>(PackedMatrix::size(turned));
      packed_ = PackedMatrix::pack(context_, turned, memory, scale);
    }
  }

  /// drows of some positions of each of the images that dy has.
  void rows_gradient(const float* dy, Index images, Index positions, float* to) const {
    const PlainRows rows{dy, out_};
    const Index count = images * positions;
    if (strassen_.data)
      return multiply_images(context_, images, positions, rows, strassen_, to, kernel_.rows);
    if (parts_.bfloat16) return multiply_bf16(context_, count, rows, packed_bf16_, to, kernel_.rows);
    multiply(context_, count, rows, packed_, to, kernel_.rows);
  }

  /// sums += the sums of dy over the positions [first, end), counted over all images.
  void add_column_sums(Index first, Index end, double* sums) const {
    struct SumsScratch;
    constexpr Index some = 64;  // rows in float, their sums in double
    float* block = Context<Cpu>::scratch<SumsScratch>(out_);
    for (Index row = first; row < end; row += some) {
      kernels().column_sums(dy_.data + row * out_, std::min(some, end - row), out_, out_, block);
      for (Index c = 0; c < out_; ++c) sums[c] += double(block[c]);
    }
  }

  View image_of(View tensor, Index image) const {
    const Shape one = tensor.shape.without_batch().with_batch(1);
    return {tensor.data + image * one.elements(), one};
  }

  /// product += rowsᵀ·dy over the positions [first, end), counted over all images.
  void add_product(Index first, Index end, float* product) const {
    with_rows(parts_, geometry_, x_.data, [&](const auto& rows) {
      const Matrix dy = dense(dy_.data, images_ * positions_, out_);
      if (parts_.bfloat16) {
        add_transposed_bf16(context_, rows, kernel_.rows, dy, first, end, product);
      } else {
        add_transposed(context_, rows, kernel_.rows, dy, first, end, product);
      }
    });
  }

  void image_of_convolution(Index image, bool inputs, const Sums& to) const {
    const Index first = image * positions_, end = first + positions_;
    if (to.columns) add_column_sums(first, end, to.columns);
    if (to.product) add_product(first, end, to.product);
    if (!inputs || winograd_.data) return;
    const View dy = image_of(dy_, image), x = image_of(x_, image);
    const TensorView<Cpu> dx{dx_.data + image * x.size(), x.shape};
    if (parts_.bfloat16) {
      ops::Conv2DKernel<Cpu>::backward_input(context_, geometry_.convolution, dy, packed_bf16_, dx);
    } else {
      ops::Conv2DKernel<Cpu>::backward_input(context_, geometry_.convolution, dy, packed_, dx);
    }
    if (parts_.relu_before) kernels().relu_gradient(dx.data, x.data, dx.size());
  }

  /// One image in strips of rows, so that x, dy and what lies between the halves are read from L2.
  void separable_image(Index image, bool inputs, const Sums& to) const {
    struct BetweenScratch;
    struct DepthwiseScratch;
    using Depthwise = ops::DepthwiseConv2DKernel<Cpu>;
    const ops::WindowGeometry& g = geometry_.depthwise;
    const View x = image_of(x_, image), kernel = parts_.depthwise.value().view();
    const TensorView<Cpu> dx{dx_ ? dx_.data + image * x.size() : nullptr, x.shape};
    const Index width = g.columns.out, line = width * kernel_.rows;
    float* between = inputs ? Context<Cpu>::scratch<BetweenScratch>(g.rows.out * line) : nullptr;
    const View drows{between, {1, g.rows.out, width, kernel_.rows}};
    const Index row_floats = width * out_ + line + 2 * g.columns.in * g.channels;
    // A batch of one image is shared out within what is done of it.
    Index strip = cut_ == 1 ? g.rows.out : std::clamp<Index>(strip_floats / row_floats, 1, g.rows.out);
    if (strassen_.data && strip * width % 2) strip = std::min(strip + 1, g.rows.out);  // whole pairs
    for (Index row = 0, dx_row = 0; row < g.rows.out; row += strip) {
      const Index end = std::min(row + strip, g.rows.out);
      const Index first = image * positions_ + row * width, positions = (end - row) * width;
      if (to.columns) add_column_sums(first, first + positions, to.columns);
      if (to.product) add_product(first, first + positions, to.product);
      if (!inputs) continue;
      rows_gradient(dy_.data + first * out_, 1, positions, between + row * line);
      if (to.depthwise) {
        const TensorView<Cpu> gradient{Context<Cpu>::scratch<DepthwiseScratch>(kernel.size()), kernel.shape};
        if (cut_ == 1) {
          Depthwise::backward_kernel(context_, g, x, drows, gradient, parts_.relu_before);
        } else {
          Depthwise::backward_kernel_of_rows(g, x, drows, row, end, gradient, parts_.relu_before);
        }
        kernels().add(to.depthwise, to.depthwise, gradient.data, kernel.size());
      }
      if (!dx) continue;
      // As far as no position of a later strip reaches.
      const Index reached = std::clamp<Index>(end * g.rows.stride - g.rows.pad, dx_row, g.rows.in);
      const Index dx_end = end == g.rows.out ? g.rows.in : reached;
      Depthwise::backward_input_of_rows(context_, g, drows, kernel, dx_row, dx_end, dx,
                                        parts_.relu_before ? x.data : nullptr);
      dx_row = dx_end;
    }
  }
  static constexpr Index strip_floats = Index{1} << 17;  // 512 KiB

  void mask() const {
    context_.parallel_blocks(dx_.size(), Index{1} << 14, [&](Index first, Index end) {
      kernels().relu_gradient(dx_.data + first, x_.data + first, end - first);
    });
  }

  /// The sums over k of kernel[k] ⊙ G[k], in float over some rows, in double over these; empty where nobody wants
  /// them.
  std::vector<double> kernel_products() const {
    if (!gradients_.gamma) return {};
    constexpr Index some = 64;
    const Index blocks = (kernel_.rows + some - 1) / some;
    std::vector<float> sums(std::size_t(blocks * out_));
    context_.parallel(blocks, [&](Index block, int) {
      const Index first = block * some;
      kernels().column_products(kernel_.data + first * out_, product_ + first * out_,
                                std::min(some, kernel_.rows - first), out_, sums.data() + block * out_);
    });
    std::vector<double> products(std::size_t(out_), 0.0);
    for (std::size_t i = 0; i < sums.size(); ++i) products[i % products.size()] += double(sums[i]);
    return products;
  }

  /// From G and the sums of dy to the gradients of kernel, bias, gamma and beta.
  void finish(const std::vector<double>& sums) const {
    const std::vector<double> products = kernel_products();
    if (gradients_.kernel && !scale_.empty()) {
      each_channel(context_, kernel_.rows, out_,
                   [product = product_, scale = scale_.data()](Index i, Index c) { product[i] *= scale[c]; });
    }
    const float* mean = gradients_.gamma ? parts_.norm.moving_mean.value().data() : nullptr;
    const float* bias = parts_.bias ? parts_.bias.value().data() : nullptr;
    for (std::size_t c = 0; c < sums.size(); ++c) {
      if (gradients_.beta) gradients_.beta.data[c] = float(sums[c]);
      if (gradients_.bias)
        gradients_.bias.data[c] = float(sums[c] * (scale_.empty() ? 1.0 : double(scale_[c])));
      if (!gradients_.gamma) continue;
      const double centre = double(mean[c]) - (bias ? double(bias[c]) : 0.0);
      gradients_.gamma.data[c] =
          float((products[c] - centre * sums[c]) * double(inverse_deviation(parts_, c)));
    }
  }

  Context<Cpu>& context_;
  const Parts& parts_;
  const ops::FusedConv2DGeometry& geometry_;
  const std::vector<float>& scale_;
  View x_, dy_;
  TensorView<Cpu> dx_;
  const ops::FusedConv2DGradients<Cpu>& gradients_;
  Matrix kernel_;
  Index out_, positions_, images_, cut_;
  float* product_ = nullptr;  ///< G
  PackedMatrix packed_{};     ///< the transposed kernel, one of the four
  StrassenMatrix strassen_{};
  WinogradMatrices winograd_{};
  PackedMatrixBf16 packed_bf16_{};
};

}  // namespace tanuki::eigen
