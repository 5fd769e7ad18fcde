#pragma once

// Resizing on the CPU: for each row of the output its rows of the input are added up, then that row's columns.

#include <algorithm>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/resize2d.hpp"

namespace tanuki::ops {

template <>
struct Resize2DKernel<Cpu> {
  static void apply(Context<Cpu>& context, const ResizeMap& rows, const ResizeMap& columns,
                    ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Index height = rows.outputs(), channels = x.shape[3], in_row = x.shape[2] * channels,
                out_row = columns.outputs() * channels;
    context.parallel(y.shape[0] * height, [&](Index i, int) {
      struct RowScratch;
      const float* image = x.data + i / height * x.shape[1] * in_row;
      float* row = Context<Cpu>::scratch<RowScratch>(in_row);
      sum(rows, i % height, image, in_row, row);
      for (Index column = 0; column < columns.outputs(); ++column) {
        sum(columns, column, row, channels, y.data + i * out_row + column * channels);
      }
    });
  }

 private:
  /// y = the weighted sum of output i's runs of `size` numbers.
  static void sum(const ResizeMap& map, Index i, const float* x, Index size, float* y) {
    const Index first = map.first[std::size_t(i)], end = map.first[std::size_t(i) + 1];
    if (first == end) std::fill_n(y, size, 0.0f);
    for (Index t = first; t < end; ++t) {
      const auto [from, weight] = map.taps[std::size_t(t)];
      const float* run = x + from * size;
      if (t == first && weight == 1) {
        std::copy_n(run, size, y);
      } else if (t == first) {
        eigen::vector_loop(0, size, [y, run, w = weight](Index c) { y[c] = w * run[c]; });
      } else {
        eigen::vector_loop(0, size, [y, run, w = weight](Index c) { y[c] += w * run[c]; });
      }
    }
  }
};

}  // namespace tanuki::ops
