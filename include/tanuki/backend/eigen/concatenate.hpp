#pragma once

// Concatenation on the CPU: copies of runs.

#include <algorithm>
#include <numeric>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/concatenate.hpp"

namespace tanuki::ops {

template <>
struct ConcatenateKernel<Cpu> {
  static void forward(Context<Cpu>& context, std::span<const ConstTensorView<Cpu>> inputs,
                      const std::vector<Index>& widths, TensorView<Cpu> y) {
    each_run(context, widths, y.size(), [&](std::size_t i, Index part, Index whole) {
      std::copy_n(inputs[i].data + part, widths[i], y.data + whole);
    });
  }

  static void backward(Context<Cpu>& context, const std::vector<Index>& widths, ConstTensorView<Cpu> dy,
                       std::span<const TensorView<Cpu>> gradients) {
    each_run(context, widths, dy.size(), [&](std::size_t i, Index part, Index whole) {
      if (gradients[i]) std::copy_n(dy.data + whole, widths[i], gradients[i].data + part);
    });
  }

 private:
  /// fn(i, where the run begins in part i, where it begins in the whole).
  template <class Fn>
  static void each_run(Context<Cpu>& context, const std::vector<Index>& widths, Index size, Fn fn) {
    const Index width = std::accumulate(widths.begin(), widths.end(), Index{0});
    if (width == 0) return;
    context.parallel_blocks(size / width, eigen::row_grain(width), [&](Index first, Index last) {
      for (Index row = first; row < last; ++row) {
        Index whole = row * width;
        for (std::size_t i = 0; i < widths.size(); ++i) {
          fn(i, row * widths[i], whole);
          whole += widths[i];
        }
      }
    });
  }
};

}  // namespace tanuki::ops
