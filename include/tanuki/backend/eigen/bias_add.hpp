#pragma once

// A bias along the last axis on the CPU.

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/ops/bias_add.hpp"

namespace tanuki::ops {

template <>
struct BiasAddKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, View x, View bias, TensorView<Cpu> y) {
    const Index channels = bias.size();
    context.parallel_blocks(x.size() / channels, grain(channels), [&](Index first, Index last) {
      for (Index i = first * channels; i < last * channels; i += channels) {
        eigen::kernels().add(y.data + i, x.data + i, bias.data, channels);
      }
    });
  }

  static void backward_input(Context<Cpu>& context, View dy, TensorView<Cpu> dx) {
    if (dx.data == dy.data) return;
    context.parallel_blocks(dy.size(), 1 << 15, [&](Index first, Index last) {
      std::copy(dy.data + first, dy.data + last, dx.data + first);
    });
  }

  static void backward_bias(Context<Cpu>& context, View dy, TensorView<Cpu> dbias) {
    struct Scratch;
    const Index channels = dbias.size(), rows = dy.size() / channels;
    const Index part_rows = std::max(grain(channels), (rows + 31) / 32);
    const Index parts = std::max<Index>(1, (rows + part_rows - 1) / part_rows);
    float* partial = Context<Cpu>::scratch<Scratch>(parts * channels);
    context.parallel(parts, [&](Index part, int) {
      float* sum = partial + part * channels;
      std::fill_n(sum, channels, 0.0f);
      for (Index i = part * part_rows; i < std::min(rows, (part + 1) * part_rows); ++i) {
        eigen::kernels().add(sum, sum, dy.data + i * channels, channels);
      }
    });
    eigen::add_parts(context, partial, parts, channels, dbias.data);
  }

 private:
  /// Rows of a block that is worth a thread's while.
  static Index grain(Index channels) { return std::max<Index>(1, (Index{1} << 15) / channels); }
};

}  // namespace tanuki::ops
