#pragma once

// Batch normalisation with given statistics on the CPU: a scale and a shift for each channel.

#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/batch_norm_inference.hpp"

namespace tanuki::ops {

template <>
struct BatchNormInferenceKernel<Cpu> {
  using Parameters = BatchNormParameters<Cpu>;

  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, const Parameters& parameters,
                      ConstTensorView<Cpu> mean, ConstTensorView<Cpu> variance, float epsilon,
                      TensorView<Cpu> y) {
    const Index channels = mean.size();
    const float* scale = scales(parameters, variance, epsilon);
    float* shift = Context<Cpu>::scratch<struct Shifts>(channels);
    for (Index c = 0; c < channels; ++c) {
      shift[c] = (parameters.beta ? parameters.beta.data[c] : 0.0f) - mean.data[c] * scale[c];
    }
    eigen::each_channel(context, x.size() / channels, channels,
                        [=, x = x.data, y = y.data](Index i, Index c) { y[i] = x[i] * scale[c] + shift[c]; });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> x, const Parameters& parameters,
                       ConstTensorView<Cpu> mean, ConstTensorView<Cpu> variance, float epsilon,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx,
                       const BatchNormGradients<Cpu>& gradients) {
    const Index channels = mean.size(), rows = dy.size() / channels;
    if (gradients.gamma) {
      const eigen::ChannelSums sums(
          context, rows, channels,
          [x = x.data, dy = dy.data, mean = mean.data](Index i, Index c, double& with_x, double& alone) {
            const double gradient = dy[i];
            with_x += gradient * (double(x[i]) - double(mean[c]));
            alone += gradient;
          });
      for (Index c = 0; c < channels; ++c) {
        gradients.gamma.data[c] =
            float(sums.a[std::size_t(c)] * double(inverse_deviation(variance.data[c], epsilon)));
        if (gradients.beta) gradients.beta.data[c] = float(sums.b[std::size_t(c)]);
      }
    } else if (gradients.beta) {
      const eigen::ChannelSums sums(
          context, rows, channels,
          [dy = dy.data](Index i, Index, double& alone, double&) { alone += double(dy[i]); });
      for (Index c = 0; c < channels; ++c) gradients.beta.data[c] = float(sums.a[std::size_t(c)]);
    }
    if (!dx) return;
    const float* scale = scales(parameters, variance, epsilon);
    eigen::each_channel(context, rows, channels,
                        [=, dy = dy.data, dx = dx.data](Index i, Index c) { dx[i] = dy[i] * scale[c]; });
  }

 private:
  static float inverse_deviation(float variance, float epsilon) {
    return 1.0f / std::sqrt(variance + epsilon);
  }

  static const float* scales(const Parameters& parameters, ConstTensorView<Cpu> variance, float epsilon) {
    float* scale = Context<Cpu>::scratch<struct Scales>(variance.size());
    for (Index c = 0; c < variance.size(); ++c) {
      scale[c] = inverse_deviation(variance.data[c], epsilon);
      if (parameters.gamma) scale[c] *= parameters.gamma.data[c];
    }
    return scale;
  }
};

}  // namespace tanuki::ops
