#pragma once

// Dropout on the CPU, four random words at a time.

#include <cmath>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/dropout.hpp"

namespace tanuki::ops {

template <>
struct DropoutKernel<Cpu> {
  static void apply(Context<Cpu>& context, const Random& random, float rate, ConstTensorView<Cpu> x,
                    TensorView<Cpu> y) {
    const float scale = 1.0f / (1.0f - rate);
    const auto threshold = std::uint32_t(std::ceil(double(rate) * 0x1p24));  // of Random::uniform's 24 bits
    context.parallel_blocks(y.size(), 1 << 14, [&](Index first, Index last) {
      for (Index block = first; block < last; block += 4) {
        const PhiloxBlock words = random.block(std::uint64_t(block) / 4);
        for (Index j = 0; j < 4 && block + j < last; ++j) {
          const bool kept = words[std::size_t(j)] >> 8 >= threshold;
          y.data[block + j] = kept ? x.data[block + j] * scale : 0.0f;
        }
      }
    });
  }
};

}  // namespace tanuki::ops
