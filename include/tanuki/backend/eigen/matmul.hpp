#pragma once

// Matrix products over the last axis on the CPU.

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/ops/matmul.hpp"

namespace tanuki::ops {

template <>
struct MatmulKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, View x, View kernel, TensorView<Cpu> y) {
    const Index in = kernel.shape[0], out = kernel.shape[1];
    eigen::multiply(context, y.size() / out, eigen::PlainRows{x.data, in}, eigen::dense(kernel.data, in, out),
                    y.data, out);
  }
  static void backward_input(Context<Cpu>& context, View dy, View kernel, TensorView<Cpu> dx) {
    const Index in = kernel.shape[0], out = kernel.shape[1];
    eigen::multiply(context, dy.size() / out, eigen::PlainRows{dy.data, out},
                    eigen::dense(kernel.data, in, out).transposed(), dx.data, in);
  }
  static void backward_kernel(Context<Cpu>& context, View x, View dy, TensorView<Cpu> dkernel) {
    const Index in = dkernel.shape[0], out = dkernel.shape[1];
    eigen::multiply_transposed(context, eigen::PlainRows{x.data, in}, in,
                               eigen::dense(dy.data, dy.size() / out, out), dkernel.data);
  }
};

}  // namespace tanuki::ops
