#pragma once

// Batch normalisation with the batch's statistics on the CPU. Sums are in double precision and taken about
// the channel's first value, so that a mean far from zero costs no digits.

#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/batch_norm.hpp"

namespace tanuki::ops {

template <>
struct BatchNormKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x,
                      const BatchNormParameters<Cpu>& parameters, float epsilon, TensorView<Cpu> y,
                      TensorView<Cpu> statistics) {
    const Index channels = x.shape.back(), rows = x.size() / channels;
    float *mean = statistics.data, *variance = mean + channels;
    find_statistics(context, x.data, rows, channels, mean, variance);
    const float* scale = scales(parameters, variance, channels, epsilon);
    float* shift = Context<Cpu>::scratch<struct Shifts>(channels);
    for (Index c = 0; c < channels; ++c) shift[c] = parameters.beta ? parameters.beta.data[c] : 0.0f;
    eigen::each_channel(context, rows, channels, [=, x = x.data, y = y.data](Index i, Index c) {
      y[i] = (x[i] - mean[c]) * scale[c] + shift[c];
    });
  }

  // With x̂ = (x - mean) / deviation: dx = gamma / deviation · (dy - mean(dy) - x̂ · mean(dy · x̂)).
  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> x,
                       const BatchNormParameters<Cpu>& parameters, float epsilon,
                       ConstTensorView<Cpu> statistics, ConstTensorView<Cpu> dy, TensorView<Cpu> dx,
                       const BatchNormGradients<Cpu>& gradients) {
    const Index channels = x.shape.back(), rows = x.size() / channels;
    const float *mean = statistics.data, *variance = mean + channels;
    const eigen::ChannelSums sums(
        context, rows, channels,
        [x = x.data, dy = dy.data, mean](Index i, Index c, double& alone, double& with_x) {
          const double gradient = dy[i];
          alone += gradient;
          with_x += gradient * (double(x[i]) - double(mean[c]));
        });
    float* mean_dy = Context<Cpu>::scratch<struct Means>(channels);
    float* slope = Context<Cpu>::scratch<struct Slopes>(channels);
    for (Index c = 0; c < channels; ++c) {
      const double inverse = inverse_deviation(variance[c], epsilon);
      const double alone = sums.a[std::size_t(c)], with_x = sums.b[std::size_t(c)];
      if (gradients.beta) gradients.beta.data[c] = float(alone);
      if (gradients.gamma) gradients.gamma.data[c] = float(with_x * inverse);
      mean_dy[c] = float(alone / double(rows));
      slope[c] = float(with_x * inverse * inverse / double(rows));
    }
    if (!dx) return;
    const float* scale = scales(parameters, variance, channels, epsilon);
    eigen::each_channel(context, rows, channels,
                        [=, x = x.data, dy = dy.data, dx = dx.data](Index i, Index c) {
                          dx[i] = scale[c] * (dy[i] - mean_dy[c] - (x[i] - mean[c]) * slope[c]);
                        });
  }

  static void move(Context<Cpu>&, ConstTensorView<Cpu> statistics, double momentum,
                   TensorView<Cpu> moving_mean, TensorView<Cpu> moving_variance) {
    const Index channels = moving_mean.size();
    const float keep = float(momentum), take = float(1.0 - momentum);
    for (Index c = 0; c < channels; ++c) {
      moving_mean.data[c] = moving_mean.data[c] * keep + statistics.data[c] * take;
      moving_variance.data[c] = moving_variance.data[c] * keep + statistics.data[channels + c] * take;
    }
  }

 private:
  static void find_statistics(Context<Cpu>& context, const float* x, Index rows, Index channels, float* mean,
                              float* variance) {
    const eigen::ChannelSums sums(context, rows, channels,
                                  [x](Index i, Index c, double& sum, double& squares) {
                                    const double distance = double(x[i]) - double(x[c]);
                                    sum += distance;
                                    squares += distance * distance;
                                  });
    for (Index c = 0; c < channels; ++c) {
      const double offset = sums.a[std::size_t(c)] / double(rows);
      const double spread = sums.b[std::size_t(c)] / double(rows) - offset * offset;
      mean[c] = float(double(x[c]) + offset);
      variance[c] = float(spread < 0 ? 0 : spread);
    }
  }

  static double inverse_deviation(float variance, float epsilon) {
    return 1.0 / std::sqrt(double(variance) + double(epsilon));
  }

  static const float* scales(const BatchNormParameters<Cpu>& parameters, const float* variance,
                             Index channels, float epsilon) {
    float* scale = Context<Cpu>::scratch<struct Scales>(channels);
    for (Index c = 0; c < channels; ++c) {
      scale[c] = float(inverse_deviation(variance[c], epsilon) *
                       double(parameters.gamma ? parameters.gamma.data[c] : 1.0f));
    }
    return scale;
  }
};

}  // namespace tanuki::ops
