#pragma once

// A learned scale for each channel on the GPU.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/ops/scale.hpp"

namespace tanuki::ops {

template <>
struct ScaleKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static void forward(Context<Cuda>& context, View x, View gamma, TensorView<Cuda> y) {
    const float* no_shift = nullptr;
    context.launch_over(y.size(), "elementwise", "scale_shift", x.data, gamma.data, no_shift, y.data,
                        int(gamma.size()), y.size());
  }
  static void backward_input(Context<Cuda>& context, View gamma, View dy, TensorView<Cuda> dx) {
    forward(context, dy, gamma, dx);
  }
  static void backward_gamma(Context<Cuda>& context, View x, View dy, TensorView<Cuda> dgamma) {
    const gpu::ChannelSums sums(context, gpu::ChannelSum::products, x.data, dy.data, nullptr,
                                dy.size() / dgamma.size(), dgamma.size());
    context.launch_over(dgamma.size(), "channels", "to_float", sums.a(), dgamma.data, dgamma.size());
  }
};

}  // namespace tanuki::ops
