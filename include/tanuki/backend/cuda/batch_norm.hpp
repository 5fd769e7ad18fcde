#pragma once

// Batch normalisation with the batch's statistics on the GPU.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/ops/batch_norm.hpp"

namespace tanuki::ops {

template <>
struct BatchNormKernel<Cuda> {
  using View = ConstTensorView<Cuda>;
  using Parameters = BatchNormParameters<Cuda>;

  static void forward(Context<Cuda>& context, View x, const Parameters& parameters, float epsilon,
                      TensorView<Cuda> y, TensorView<Cuda> statistics) {
    const Index channels = x.shape.back(), rows = x.size() / channels;
    float *mean = statistics.data, *variance = mean + channels;
    const gpu::ChannelSums sums(context, gpu::ChannelSum::distances, x.data, nullptr, nullptr, rows,
                                channels);
    context.launch_over(channels, "channels", "batch_statistics", x.data, sums.a(), rows, int(channels), mean,
                        variance);
    context.launch_over(x.size(), "channels", "normalize", x.data, read(mean), read(variance),
                        parameters.gamma.data, parameters.beta.data, epsilon, y.data, int(channels),
                        x.size());
  }

  static void backward(Context<Cuda>& context, View x, const Parameters& parameters, float epsilon,
                       View statistics, View dy, TensorView<Cuda> dx,
                       const BatchNormGradients<Cuda>& gradients) {
    const Index channels = x.shape.back(), rows = x.size() / channels;
    const float *mean = statistics.data, *variance = mean + channels;
    const gpu::ChannelSums sums(context, gpu::ChannelSum::gradients_with_x, x.data, dy.data, mean, rows,
                                channels);
    if (gradients.gamma || gradients.beta)
      context.launch_over(channels, "channels", "batch_norm_weight_gradients", sums.a(), variance, epsilon,
                          gradients.gamma.data, gradients.beta.data, int(channels));
    if (dx)
      context.launch_over(x.size(), "channels", "batch_norm_gradient", x.data, dy.data, mean, variance,
                          parameters.gamma.data, epsilon, sums.a(), rows, dx.data, int(channels), x.size());
  }

  static void move(Context<Cuda>& context, View statistics, double momentum, TensorView<Cuda> moving_mean,
                   TensorView<Cuda> moving_variance) {
    const Index channels = moving_mean.size();
    const float keep = float(momentum), take = float(1.0 - momentum);
    context.launch_over(channels, "channels", "move", statistics.data, keep, take, moving_mean.data,
                        channels);
    context.launch_over(channels, "channels", "move", statistics.data + channels, keep, take,
                        moving_variance.data, channels);
  }

 private:
  static const float* read(const float* numbers) { return numbers; }
};

}  // namespace tanuki::ops
