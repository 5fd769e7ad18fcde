#pragma once

// A learned scale for each channel on the CPU.

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/scale.hpp"

namespace tanuki::ops {

template <>
struct ScaleKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, View x, View gamma, TensorView<Cpu> y) {
    multiply(context, x.data, gamma, y.data, y.size());
  }

  static void backward_input(Context<Cpu>& context, View gamma, View dy, TensorView<Cpu> dx) {
    multiply(context, dy.data, gamma, dx.data, dx.size());
  }

  static void backward_gamma(Context<Cpu>& context, View x, View dy, TensorView<Cpu> dgamma) {
    const Index channels = dgamma.size();
    const eigen::ChannelSums sums(context, x.size() / channels, channels,
                                  [x = x.data, dy = dy.data](Index i, Index, double& a, double&) {
                                    a += double(x[i]) * double(dy[i]);
                                  });
    for (Index c = 0; c < channels; ++c) dgamma.data[c] = float(sums.a[std::size_t(c)]);
  }

 private:
  static void multiply(Context<Cpu>& context, const float* x, View gamma, float* y, Index size) {
    eigen::each_channel(context, size / gamma.size(), gamma.size(),
                        [=, gamma = gamma.data](Index i, Index c) { y[i] = x[i] * gamma[c]; });
  }
};

}  // namespace tanuki::ops
