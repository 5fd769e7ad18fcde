#pragma once

// Dropout on the CPU, four random words at a time.

#include <cmath>

#include "tanuki/backend/eigen/broadcast.hpp"
#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/dropout.hpp"

namespace tanuki::ops {

template <>
struct DropoutKernel<Cpu> {
  static void apply(Context<Cpu>& context, const Random& random, const DropoutArguments& is,
                    const Shape& noise, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const auto threshold =
        std::uint32_t(std::ceil(double(is.rate) * 0x1p24));  // of Random::uniform's 24 bits
    const auto write = [=, x = x.data, y = y.data](Index i, std::uint32_t word) {
      y[i] = word >> 8 >= threshold ? x[i] * is.scale + is.shift : is.dropped;
    };
    if (noise == y.shape) {
      context.parallel_blocks(y.size(), 1 << 14, [&](Index first, Index last) {
        for (Index block = first; block < last; block += 4) {
          const PhiloxBlock words = random.block(std::uint64_t(block) / 4);
          for (Index j = 0; j < 4 && block + j < last; ++j) write(block + j, words[std::size_t(j)]);
        }
      });
      return;
    }
    if (y.size() == 0) return;
    std::vector<std::uint32_t> words(std::size_t(noise.elements()));
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = random.word(i);
    const eigen::Broadcast lies(y.shape, y.shape, noise);
    context.parallel_blocks(lies.rows(), eigen::row_grain(lies.width()), [&](Index first, Index last) {
      lies.each_row(first, last, [&](Index at, Index, Index from) {
        for (Index i = 0; i < lies.width(); ++i) write(at + i, words[std::size_t(from + i * lies.step_b())]);
      });
    });
  }
};

}  // namespace tanuki::ops
