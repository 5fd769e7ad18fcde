#pragma once

// What a fused convolution multiplies its kernel with, as the rows of a matrix product.

#include <cmath>

#include "tanuki/backend/eigen/conv2d.hpp"
#include "tanuki/backend/eigen/depthwise_rows.hpp"
#include "tanuki/backend/eigen/gemm_bf16.hpp"
#include "tanuki/backend/eigen/winograd.hpp"
#include "tanuki/ops/fused_conv2d.hpp"

namespace tanuki::eigen {

/// Rows that are max(data, 0).
struct ReluRows {
  static constexpr bool in_place = false;
  const float* data;
  Index columns;

  void copy(Index first, Index count, float* to, Index stride) const {
    for (Index i = 0; i < count; ++i) kernels().relu(to + i * stride, data + (first + i) * columns, columns);
  }
};

/// Whether Winograd's algorithm is worth while for the parts' convolution from `in` to `out` channels.
inline bool fits_winograd(const ops::FusedConv2DParts<Cpu>& parts, Index in, Index out) {
  return !parts.bfloat16 && !parts.depthwise && parts.kernel.shape().rank() == 4 &&
         fits_winograd(ops::kernel_size(parts.kernel.shape()), parts.options.strides, parts.options.dilation,
                       in, out);
}

/// body(the rows that x gives).
template <class Body>
void with_rows(const ops::FusedConv2DParts<Cpu>& parts, const ops::FusedConv2DGeometry& geometry,
               const float* x, Body body) {
  const ops::WindowGeometry& g = geometry.convolution;
  if (parts.depthwise) {
    body(DepthwiseRows(x, geometry.depthwise, parts.depthwise.value().data(), parts.depthwise.shape()[3],
                       parts.relu_before));
  } else if (!g.is_pointwise()) {
    body(Patches(x, g, parts.relu_before));
  } else if (parts.relu_before) {
    body(ReluRows{x, g.channels});
  } else {
    body(PlainRows{x, g.channels});
  }
}

/// The kernel, (what is under the window, out).
inline Matrix kernel_matrix(const ops::FusedConv2DParts<Cpu>& parts) {
  const auto& kernel = parts.kernel.value();
  const Index out = kernel.shape().back();
  return dense(kernel.data(), kernel.size() / out, out);
}

/// 1 / sqrt(variance + epsilon)
inline float inverse_deviation(const ops::FusedConv2DParts<Cpu>& parts, std::size_t channel) {
  return 1.0f / std::sqrt(parts.norm.moving_variance.value().data()[channel] + parts.epsilon);
}

}  // namespace tanuki::eigen
