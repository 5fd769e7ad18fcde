#pragma once

// Looks for infinities and NaN on the CPU.

#include <atomic>

#include "tanuki/ops/finite.hpp"

namespace tanuki::ops {

template <>
struct FiniteKernel<Cpu> {
  static bool all(Context<Cpu>& context, ConstTensorView<Cpu> x) {
    std::atomic<bool> finite{true};
    context.parallel_blocks(x.size(), 1 << 16, [&](Index first, Index last) {
      float zeros[16] = {};  // x * 0 is NaN for what is not finite
      Index i = first;
      for (; i + 16 <= last; i += 16) {
        for (Index lane = 0; lane < 16; ++lane) zeros[lane] += x.data[i + lane] * 0.0f;
      }
      for (; i < last; ++i) zeros[0] += x.data[i] * 0.0f;
      for (float zero : zeros) {
        if (zero != 0.0f) finite.store(false, std::memory_order_relaxed);
      }
    });
    return finite.load();
  }
};

}  // namespace tanuki::ops
