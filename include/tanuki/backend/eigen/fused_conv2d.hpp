#pragma once

// A convolution and its neighbours on the CPU: the rows of a matrix product are made where it reads them, and
// what follows is done to the result before it is stored. For backward see fused_conv2d_backward.hpp.

#include "tanuki/backend/eigen/fused_conv2d_backward.hpp"

namespace tanuki::ops {

template <>
struct FusedConv2DKernel<Cpu> {
  using Parts = FusedConv2DParts<Cpu>;
  using Geometry = FusedConv2DGeometry;
  using View = ConstTensorView<Cpu>;
  static constexpr bool limits_relu = true;

  /// Whether Strassen's algorithm is worth while where the parts say it.
  static bool fits_strassen(const Parts& parts, const Geometry& geometry) {
    const eigen::Matrix kernel = eigen::kernel_matrix(parts);
    const WindowGeometry& g = geometry.convolution;
    const auto fits = [&](const eigen::Matrix& b) {
      return eigen::fits_strassen(g.positions(), b.rows, b.columns);
    };
    return !parts.bfloat16 && g.rows.kernel == 1 && g.columns.kernel == 1 &&
           (!parts.strassen_forward || fits(kernel)) &&
           (!parts.strassen_backward || (g.is_pointwise() && fits(kernel.transposed())));
  }

  struct Prepared {
    const eigen::PackedWeight* kernel = nullptr;
    const eigen::PackedWeightBf16* kernel_bf16 = nullptr;  ///< instead, where the parts say so
    const eigen::WinogradWeight* winograd = nullptr;       ///< instead, where it fits
    const eigen::StrassenWeight* strassen = nullptr;  ///< instead, where the parts say so and it is balanced
    std::vector<float> scale, shift;                  ///< of the affine part; empty where there is none
    std::uint64_t versions = 0;  ///< the sum of the weights', which only grow, that these were made of

    bool by_strassen() const { return strassen && strassen->matrix.data; }
  };

  static void prepare(Context<Cpu>& context, const Parts& parts, Prepared& prepared) {
    const auto pack = [&](auto& packed) { packed.pack(context, eigen::kernel_matrix(parts)); };
    if (parts.bfloat16) {
      prepared.kernel_bf16 = &parts.kernel.derived<eigen::PackedWeightBf16>(pack);
    } else if (by_winograd(parts)) {
      const Shape& shape = parts.kernel.shape();
      prepared.winograd = &parts.kernel.derived<eigen::WinogradWeight>(
          [&](auto& weight) { weight.pack(context, parts.kernel.value().data(), shape[2], shape[3]); });
    } else {
      if (parts.strassen_forward) prepared.strassen = &parts.kernel.derived<eigen::StrassenWeight>(pack);
      if (!prepared.by_strassen()) prepared.kernel = &parts.kernel.derived<eigen::PackedWeight>(pack);
    }
    std::uint64_t versions = 1;
    for (const auto& weight : parts.weights()) versions += weight.version();
    if (std::exchange(prepared.versions, versions) == versions) return;
    const auto channels = std::size_t(parts.kernel.shape().back());
    if (parts.has_norm()) {
      prepared.scale.resize(channels);
      for (std::size_t c = 0; c < channels; ++c) {
        const float inverse = eigen::inverse_deviation(parts, c);
        prepared.scale[c] = parts.norm.gamma ? parts.norm.gamma.value().data()[c] * inverse : inverse;
      }
    }
    if (!parts.has_affine()) return;
    prepared.shift.assign(channels, 0.0f);
    for (std::size_t c = 0; c < channels; ++c) {
      float& shift = prepared.shift[c];
      if (parts.bias) shift = parts.bias.value().data()[c];
      if (!parts.has_norm()) continue;
      shift = (shift - parts.norm.moving_mean.value().data()[c]) * prepared.scale[c];
      if (parts.norm.beta) shift += parts.norm.beta.value().data()[c];
    }
  }

  static Workspace workspace(const Parts& parts, const Geometry& geometry, Index batch, Wanted wanted) {
    const eigen::Matrix kernel = eigen::kernel_matrix(parts);
    Workspace space = eigen::FusedConv2DBackward::workspace(parts, geometry, batch, wanted);
    if (by_winograd(parts)) {
      const Index in = geometry.convolution.channels;
      const eigen::detail::WinogradTiles tiles{geometry.convolution};
      space.kept = eigen::WinogradMatrices::size(in, kernel.columns);
      space.per_thread += eigen::winograd_scratch(tiles.count(batch), in, kernel.columns);
      return space;
    }
    if (parts.strassen_forward) {
      space.kept = eigen::StrassenMatrix::size(kernel);
      space.per_thread += eigen::strassen_scratch(geometry.convolution.positions(), kernel.rows);
      return space;
    }
    space.kept = parts.bfloat16 ? eigen::PackedMatrixBf16::size(kernel) : eigen::PackedMatrix::size(kernel);
    space.per_thread += eigen::detail::copied_rows(kernel.rows) * kernel.rows;
    return space;
  }

  static void forward(Context<Cpu>& context, const Parts& parts, const Geometry& geometry,
                      const Prepared& prepared, View x, View shortcut, TensorView<Cpu> y) {
    const Index out = parts.kernel.shape().back();
    const eigen::Epilogue epilogue{parts.has_norm() ? prepared.scale.data() : nullptr,
                                   parts.has_affine() ? prepared.shift.data() : nullptr,
                                   shortcut.data,
                                   out,
                                   parts.relu_after,
                                   parts.relu_most};
    if (prepared.winograd) {
      return eigen::winograd(context, geometry.convolution,
                             y.size() / (geometry.convolution.positions() * out), x.data, parts.relu_before,
                             prepared.winograd->matrices, y.data, epilogue);
    }
    eigen::with_rows(parts, geometry, x.data, [&](const auto& rows) {
      const Index count = y.size() / out, positions = geometry.convolution.positions();
      if (prepared.by_strassen()) {
        eigen::multiply_images(context, count / positions, positions, rows, prepared.strassen->matrix, y.data,
                               out, epilogue);
      } else if (parts.bfloat16) {
        eigen::multiply_bf16(context, count, rows, prepared.kernel_bf16->matrix, y.data, out, epilogue);
      } else {
        eigen::multiply(context, count, rows, prepared.kernel->matrix, y.data, out, epilogue);
      }
    });
  }

  static void backward(Context<Cpu>& context, const Parts& parts, const Geometry& geometry,
                       const Prepared& prepared, View x, View dy, TensorView<Cpu> dx,
                       const FusedConv2DGradients<Cpu>& gradients) {
    eigen::FusedConv2DBackward(context, parts, geometry, prepared.scale, x, dy, dx, gradients).run();
  }

 private:
  static bool by_winograd(const Parts& parts) {
    const Shape& kernel = parts.kernel.shape();
    return kernel.rank() == 4 && eigen::fits_winograd(parts, kernel[2], kernel[3]);
  }
};

}  // namespace tanuki::ops
