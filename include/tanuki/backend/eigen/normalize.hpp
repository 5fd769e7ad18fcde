#pragma once

// Normalisation by given mean and variance on the CPU.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/normalize.hpp"

namespace tanuki::ops {

template <>
struct NormalizeKernel<Cpu> {
  static void forward(Context<Cpu>& context, const NormalizeOptions& options, ConstTensorView<Cpu> x,
                      ConstTensorView<Cpu> mean, ConstTensorView<Cpu> variance, TensorView<Cpu> y) {
    const Index period = period_of(options, mean);
    const float* deviation = deviations(options, variance);
    float* center = Context<Cpu>::scratch<struct Centers>(period);
    for (Index c = 0; c < period; ++c) center[c] = mean.data[place(options, c)];
    if (options.invert) {
      eigen::each_channel(context, x.size() / period, period, [=, x = x.data, y = y.data](Index i, Index c) {
        y[i] = center[c] + x[i] * deviation[c];
      });
    } else {
      eigen::each_channel(context, x.size() / period, period, [=, x = x.data, y = y.data](Index i, Index c) {
        y[i] = (x[i] - center[c]) / deviation[c];
      });
    }
  }

  static void backward(Context<Cpu>& context, const NormalizeOptions& options, ConstTensorView<Cpu> variance,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const Index period = period_of(options, variance);
    const float* deviation = deviations(options, variance);
    const bool invert = options.invert;
    eigen::each_channel(context, dy.size() / period, period,
                        [=, dy = dy.data, dx = dx.data](Index i, Index c) {
                          const float given = dy[i], by = deviation[c];
                          dx[i] = invert ? given * by : given / by;
                        });
  }

 private:
  static Index place(const NormalizeOptions& options, Index c) {
    return options.map.empty() ? c : options.map[std::size_t(c)];
  }
  static Index period_of(const NormalizeOptions& options, ConstTensorView<Cpu> weight) {
    return options.map.empty() ? weight.size() : Index(options.map.size());
  }

  static const float* deviations(const NormalizeOptions& options, ConstTensorView<Cpu> variance) {
    const Index period = period_of(options, variance);
    float* deviation = Context<Cpu>::scratch<struct Deviations>(period);
    for (Index c = 0; c < period; ++c) {
      deviation[c] = std::max(std::sqrt(variance.data[place(options, c)]), smallest_deviation);
    }
    return deviation;
  }
};

}  // namespace tanuki::ops
