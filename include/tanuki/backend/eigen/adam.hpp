#pragma once

// Adam on the CPU.

#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/backend/eigen/weight_blocks.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::ops {

template <>
struct AdamKernel<Cpu> {
  static void update(Context<Cpu>& context, const AdamStep& step, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates) {
      if (of.slots[2])
        amsgrad(context, step, {&of, 1});
      else
        context.parallel_blocks(of.size, Index{1} << 15, [&](Index first, Index last) {
          eigen::kernels().adam(step, of.rate, of.weight + first, of.gradient + first, of.slots[0] + first,
                                of.slots[1] + first, last - first);
        });
    }
  }

 private:
  static void amsgrad(Context<Cpu>& context, const AdamStep& step, WeightUpdates<Cpu> updates) {
    eigen::weight_blocks(context, updates, [&](const eigen::WeightBlock& block) {
      auto w = block.weight(), m = block.slot(0), v = block.slot(1), largest = block.slot(2);
      const auto g = block.gradient();
      m += (g - m) * step.one_minus_beta_1;
      v += (g.square() - v) * step.one_minus_beta_2;
      largest = largest.max(v);
      w -= m * block.of.rate / (largest.sqrt() + step.epsilon);
    });
  }
};

}  // namespace tanuki::ops
