#pragma once

// Matrix products on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/matmul.hpp"

namespace tanuki::ops {

template <>
struct MatmulKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, View x, View kernel, TensorView<Cuda> y) {
    const Index in = kernel.shape[0], out = kernel.shape[1];
    context.multiply({.a = x.data,
                      .b = kernel.data,
                      .c = y.data,
                      .rows = x.size() / in,
                      .columns = out,
                      .inner = in,
                      .precision = context.precision(false)});
  }
  static void backward_input(Context<Cuda>& context, View dy, View kernel, TensorView<Cuda> dx) {
    const Index in = kernel.shape[0], out = kernel.shape[1];
    context.multiply({.a = dy.data,
                      .b = kernel.data,
                      .c = dx.data,
                      .rows = dy.size() / out,
                      .columns = in,
                      .inner = out,
                      .b_transposed = true,
                      .precision = context.precision(false)});
  }
  static void backward_kernel(Context<Cuda>& context, View x, View dy, TensorView<Cuda> dkernel) {
    const Index in = dkernel.shape[0], out = dkernel.shape[1];
    context.multiply({.a = x.data,
                      .b = dy.data,
                      .c = dkernel.data,
                      .rows = in,
                      .columns = out,
                      .inner = x.size() / in,
                      .a_transposed = true,
                      .precision = context.precision(false)});
  }
};

}  // namespace tanuki::ops
