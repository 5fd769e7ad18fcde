#pragma once

// Xception's pointwise convolutions, with what follows them (bias, shortcut, ReLU), beside bare products of their shapes.

#include "calls.hpp"

namespace tanuki::bench {

inline void time_products(Context<Cuda>& context, Index batch, int reps) {
  std::puts(
      "| pointwise | precision | bare: ms | TFLOP/s | with bias, shortcut, ReLU: ms | of the bare |\n"
      "| --- | --- | --- | --- | --- | --- |");
  struct Layer {
    Index side, in, out;
  };
  for (const Layer& is : {Layer{72, 64, 128}, Layer{36, 256, 256}, Layer{18, 728, 728}, Layer{9, 728, 728},
                          Layer{5, 1536, 2048}}) {
    const Index rows = batch * is.side * is.side;
    const Tensor<Cuda> x = filled({rows, is.in}), kernel = filled({is.in, is.out}), bias = filled({is.out}),
                       shortcut = filled({rows, is.out});
    Tensor<Cuda> y = filled({rows, is.out});
    for (const auto& [precision, name] : precisions) {
      gpu::Product product{.a = x.data(),
                           .b = kernel.data(),
                           .c = y.data(),
                           .rows = rows,
                           .columns = is.out,
                           .inner = is.in,
                           .precision = precision};
      const double bare = milliseconds_a_call(context, reps, [&] { context.multiply(product); });
      product.bias = bias.data(), product.addend = shortcut.data(), product.relu = true;
      const double whole = milliseconds_a_call(context, reps, [&] { context.multiply(product); });
      std::printf("| %d × %d, %d → %d | %s | %.4f | %.1f | %.4f | %.0f %% |\n", int(is.side), int(is.side),
                  int(is.in), int(is.out), name, bare, teraflops(product, bare), whole, 100 * bare / whole);
    }
  }
}

}  // namespace tanuki::bench
