#pragma once

// A bias on the GPU.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/bias_add.hpp"

namespace tanuki::ops {

template <>
struct BiasAddKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, View x, View bias, TensorView<Cuda> y) {
    const float* no_scale = nullptr;
    context.launch_over(y.size(), "elementwise", "scale_shift", x.data, no_scale, bias.data, y.data,
                        int(bias.size()), y.size());
  }
  static void backward_input(Context<Cuda>&, View dy, TensorView<Cuda> dx) {
    if (dx.data != dy.data && dx.size()) Memory<Cuda>::copy(dx.data, dy.data, std::size_t(dx.size()));
  }
  static void backward_bias(Context<Cuda>& context, View dy, TensorView<Cuda> dbias) {
    const gpu::ChannelSums sums(context, gpu::ChannelSum::gradients, nullptr, dy.data, nullptr,
                                dy.size() / dbias.size(), dbias.size());
    context.launch_over(dbias.size(), "channels", "to_float", sums.a(), dbias.data, dbias.size());
  }
};

}  // namespace tanuki::ops
