#pragma once

// The sum of tensors on the CPU.

#include <algorithm>

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/add.hpp"

namespace tanuki::ops {

template <>
struct AddKernel<Cpu> {
  static void forward(Context<Cpu>& context, std::span<const ConstTensorView<Cpu>> inputs,
                      TensorView<Cpu> y) {
    if (inputs.size() == 2) {
      eigen::elementwise(context, y.size(), [a = inputs[0].data, b = inputs[1].data, y = y.data](Index i) {
        y[i] = a[i] + b[i];
      });
      return;
    }
    constexpr Index block = 1024;  // summed aside, since y may be any of the inputs, which may come twice
    context.parallel_blocks(y.size(), block, [&](Index first, Index last) {
      float sum[block];
      std::copy_n(inputs[0].data + first, last - first, sum);
      for (const auto& input : inputs.subspan(1)) {
        eigen::vector_loop(0, last - first,
                           [&sum, from = input.data + first](Index i) { sum[i] += from[i]; });
      }
      std::copy_n(sum, last - first, y.data + first);
    });
  }
};

}  // namespace tanuki::ops
