#pragma once

// Dropout on the GPU: the random words of the CPU, number by number.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/dropout.hpp"

namespace tanuki::ops {

template <>
struct DropoutKernel<Cuda> {
  static void apply(Context<Cuda>& context, const Random& random, const DropoutArguments& is,
                    const Shape& noise, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    const auto threshold =
        std::uint32_t(std::ceil(double(is.rate) * 0x1p24));  // of Random::uniform's 24 bits
    if (noise == y.shape) {
      context.launch_over(y.size(), "elementwise", "dropout", x.data, y.data, random.seed, random.stream,
                          random.first, threshold, is.scale, is.shift, is.dropped, y.size());
      return;
    }
    gpu::Axes axes{};
    axes.rank = int(noise.rank());
    Index stride = 1;
    for (std::size_t axis = noise.rank(); axis-- > 0;) {
      axes.extent[axis] = y.shape[axis];
      axes.stride[axis] = noise[axis] == 1 ? 0 : stride;
      stride *= noise[axis];
    }
    context.launch_over(y.size(), "elementwise", "dropout_broadcast", x.data, y.data, random.seed,
                        random.stream, random.first, threshold, is.scale, is.shift, is.dropped, axes,
                        y.size());
  }
};

}  // namespace tanuki::ops
