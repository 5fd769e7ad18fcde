#pragma once

// What the card can do at most: bytes copied within its memory, and multiply-adds of large products.

#include "calls.hpp"

namespace tanuki::bench {

/// Prints both, and gives the copy's bytes read and written in GB a second.
inline double time_ceilings(Context<Cuda>& context, int reps) {
  const Index count = Index{1} << 27, side = 8192;  // 512 MiB
  Tensor<Cuda> from = filled({count}), to = filled({count});
  const double copy = milliseconds_a_call(
      context, reps, [&] { Memory<Cuda>::copy(to.data(), from.data(), std::size_t(count)); });
  const double gigabytes_a_second = 8e-6 * double(count) / copy;
  std::printf("| ceiling | |\n| --- | --- |\n| copy of 512 MiB, read + written | %.0f GB/s |\n",
              gigabytes_a_second);
  const Tensor<Cuda> a = filled({side, side}), b = filled({side, side});
  Tensor<Cuda> c = filled({side, side});
  for (const auto& [precision, name] : precisions) {
    const gpu::Product product{.a = a.data(),
                               .b = b.data(),
                               .c = c.data(),
                               .rows = side,
                               .columns = side,
                               .inner = side,
                               .precision = precision};
    const double ms =
        milliseconds_a_call(context, std::max(reps / 10, 1), [&] { context.multiply(product); });
    std::printf("| product %d × %d × %d, %s | %.1f TFLOP/s |\n", int(side), int(side), int(side), name,
                teraflops(product, ms));
  }
  std::puts("");
  return gigabytes_a_second;
}

}  // namespace tanuki::bench
