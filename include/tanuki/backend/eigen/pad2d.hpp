#pragma once

// Padding on the CPU, row by row.

#include <algorithm>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki::ops {

template <>
struct Pad2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, const Borders& borders, float value, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Index height = x.shape[1], channels = x.shape[3], in_row = x.shape[2] * channels,
                out_row = y.shape[2] * channels;
    context.parallel_blocks(y.shape[0] * y.shape[1], grain(out_row), [&](Index first, Index end) {
      for (Index i = first; i < end; ++i) {
        const Index row = i % y.shape[1] - borders.rows.before;
        float* to = y.data + i * out_row;
        if (row < 0 || row >= height) {
          std::fill_n(to, out_row, value);
          continue;
        }
        to = std::fill_n(to, borders.columns.before * channels, value);
        to = std::copy_n(x.data + (i / y.shape[1] * height + row) * in_row, in_row, to);
        std::fill_n(to, borders.columns.after * channels, value);
      }
    });
  }

  static void backward(Context<Cpu>& context, const Borders& borders, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    cut(context, borders, dy, dx);
  }

  /// y is what lies within the borders of x.
  static void cut(Context<Cpu>& context, const Borders& borders, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Index height = y.shape[1], channels = y.shape[3], in_row = x.shape[2] * channels,
                out_row = y.shape[2] * channels;
    context.parallel_blocks(y.shape[0] * height, grain(out_row), [&](Index first, Index end) {
      for (Index i = first; i < end; ++i) {
        const Index row = i / height * x.shape[1] + i % height + borders.rows.before;
        std::copy_n(x.data + row * in_row + borders.columns.before * channels, out_row, y.data + i * out_row);
      }
    });
  }

 private:
  /// Rows of a block that is worth a thread's while.
  static Index grain(Index row) { return std::max<Index>(1, (Index{1} << 15) / row); }
};

}  // namespace tanuki::ops
