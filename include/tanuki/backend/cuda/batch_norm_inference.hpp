#pragma once

// Batch normalisation with given statistics on the GPU: a scale and a shift for each channel.

#include "tanuki/backend/cuda/channels.hpp"
#include "tanuki/ops/batch_norm_inference.hpp"

namespace tanuki::ops {

template <>
struct BatchNormInferenceKernel<Cuda> {
  using View = ConstTensorView<Cuda>;
  using Parameters = BatchNormParameters<Cuda>;

  static void forward(Context<Cuda>& context, View x, const Parameters& parameters, View mean, View variance,
                      float epsilon, TensorView<Cuda> y) {
    const Index channels = mean.size();
    const float* scale = affine(context, parameters, mean, variance, epsilon);
    context.launch_over(x.size(), "elementwise", "scale_shift", x.data, scale, scale + channels, y.data,
                        int(channels), x.size());
  }

  static void backward(Context<Cuda>& context, View x, const Parameters& parameters, View mean, View variance,
                       float epsilon, View dy, TensorView<Cuda> dx,
                       const BatchNormGradients<Cuda>& gradients) {
    const Index channels = mean.size(), rows = dy.size() / channels;
    if (gradients.gamma || gradients.beta) {
      const auto what = gradients.gamma ? gpu::ChannelSum::gradients_with_x : gpu::ChannelSum::gradients;
      const gpu::ChannelSums sums(context, what, gradients.gamma ? x.data : nullptr, dy.data, mean.data, rows,
                                  channels);
      context.launch_over(channels, "channels", "batch_norm_weight_gradients", sums.a(), variance.data,
                          epsilon, gradients.gamma.data, gradients.beta.data, int(channels));
    }
    if (!dx) return;
    const float *scale = affine(context, parameters, mean, variance, epsilon), *no_shift = nullptr;
    context.launch_over(dx.size(), "elementwise", "scale_shift", dy.data, scale, no_shift, dx.data,
                        int(channels), dx.size());
  }

 private:
  /// The scales of the channels, then the shifts; in scratch.
  static const float* affine(Context<Cuda>& context, const Parameters& parameters, View mean, View variance,
                             float epsilon) {
    struct Affine;
    const Index channels = mean.size();
    float* scale = Context<Cuda>::scratch<Affine>(2 * channels);
    const float* no_bias = nullptr;
    context.launch_over(channels, "channels", "affine_of", mean.data, variance.data, parameters.gamma.data,
                        parameters.beta.data, no_bias, epsilon, scale, scale + channels, int(channels));
    return scale;
  }
};

}  // namespace tanuki::ops
