#pragma once

// Permuted axes on the CPU, row by row of the output.

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/permute.hpp"

namespace tanuki::ops {

template <>
struct PermuteKernel<Cpu> {
  static void permute(Context<Cpu>& context, const std::vector<std::size_t>& order, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    if (y.size() == 0) return;
    std::vector<Index> input_steps(order.size(), 1), steps;
    for (std::size_t axis = order.size() - 1; axis-- > 0;)
      input_steps[axis] = input_steps[axis + 1] * x.shape[axis + 1];
    for (std::size_t axis : order) steps.push_back(input_steps[axis]);
    const Index width = y.shape.back(), step = steps.back();
    context.parallel_blocks(y.size() / width, eigen::row_grain(width), [&](Index first, Index last) {
      for (Index row = first; row < last; ++row) {
        Index from = 0, rest = row;
        for (std::size_t axis = steps.size() - 1; axis-- > 0;) {
          from += rest % y.shape[axis] * steps[axis];
          rest /= y.shape[axis];
        }
        for (Index i = 0; i < width; ++i) y.data[row * width + i] = x.data[from + i * step];
      }
    });
  }
};

}  // namespace tanuki::ops
