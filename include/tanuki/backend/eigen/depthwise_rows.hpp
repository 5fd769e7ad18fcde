#pragma once

// The output of a depthwise convolution as the rows of a matrix product, worked out where it is read: what
// comes between the halves of a separable convolution is never in memory as a whole.

#include <algorithm>

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::eigen {

/// What lies under the window at one row of positions; `first` is the first row of the window on the image.
struct DepthwiseLine {
  DepthwiseRow shape;
  const float* x;
  Index first;
};

/// Line i, counted over the lines of all images. With a multiplier above 1 x is a copy, in scratch, of the
/// input with its channels repeated.
inline DepthwiseLine depthwise_line(const ops::WindowGeometry& g, Index multiplier, const float* images,
                                    Index i, bool relu = false) {
  struct Scratch;
  const Index y = i % g.rows.out, first = g.rows.first_tap(y), rows = g.rows.end_tap(y) - first;
  const Index row_size = g.columns.in * g.channels, channels = g.channels * multiplier;
  const float* x = images + (i / g.rows.out * g.rows.in + g.rows.start(y) + first) * row_size;
  if (multiplier > 1) {
    float* repeated = Context<Cpu>::scratch<Scratch>(rows * row_size * multiplier);
    for (Index c = 0; c < rows * row_size; ++c) std::fill_n(repeated + c * multiplier, multiplier, x[c]);
    x = repeated;
  }
  return {{.channels = channels,
           .out = g.columns.out,
           .in = g.columns.in,
           .rows = rows,
           .taps = g.columns.kernel,
           .stride = g.columns.stride,
           .pad = g.columns.pad,
           .x_row = row_size * multiplier,
           .x_pixel = channels,
           .y_pixel = channels,
           .relu = relu},
          x,
          first};
}

/// Row i of the matrix is position i of the output, counted over all images.
class DepthwiseRows {
 public:
  static constexpr bool in_place = false;

  /// kernel (height, width, channels, multiplier). `relu`: of max(image, 0).
  DepthwiseRows(const float* images, const ops::WindowGeometry& geometry, const float* kernel,
                Index multiplier, bool relu)
      : images_(images), geometry_(geometry), kernel_(kernel), multiplier_(multiplier), relu_(relu) {}

  /// Writes `count` rows, from number `first` on.
  void copy(Index first, Index count, float* to, Index stride) const {
    const Index width = geometry_.columns.out, channels = geometry_.channels * multiplier_;
    for (Index end = first + count; first < end;) {
      const Index column = first % width, here = std::min(end - first, width - column);
      DepthwiseLine line = depthwise_line(geometry_, multiplier_, images_, first / width, relu_);
      line.shape.out = here;
      line.shape.pad -= column * line.shape.stride;
      line.shape.y_pixel = stride;
      kernels().depthwise(line.shape, line.x, kernel_ + line.first * geometry_.columns.kernel * channels, to);
      first += here;
      to += here * stride;
    }
  }

 private:
  const float* images_;
  ops::WindowGeometry geometry_;
  const float* kernel_;
  Index multiplier_;
  bool relu_;
};

}  // namespace tanuki::eigen
