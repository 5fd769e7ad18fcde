#pragma once

// Normalisation by given mean and variance on the CPU.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/normalize.hpp"

namespace tanuki::ops {

template <>
struct NormalizeKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, ConstTensorView<Cpu> mean,
                      ConstTensorView<Cpu> variance, TensorView<Cpu> y) {
    eigen::each_channel(context, x.size() / mean.size(), mean.size(),
                        [x = x.data, y = y.data, mean = mean.data, deviation = deviations(variance)](
                            Index i, Index c) { y[i] = (x[i] - mean[c]) / deviation[c]; });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> variance, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    eigen::each_channel(context, dy.size() / variance.size(), variance.size(),
                        [dy = dy.data, dx = dx.data, deviation = deviations(variance)](Index i, Index c) {
                          dx[i] = dy[i] / deviation[c];
                        });
  }

 private:
  static const float* deviations(ConstTensorView<Cpu> variance) {
    float* deviation = Context<Cpu>::scratch<struct Deviations>(variance.size());
    for (Index c = 0; c < variance.size(); ++c) {
      deviation[c] = std::max(std::sqrt(variance.data[c]), smallest_deviation);
    }
    return deviation;
  }
};

}  // namespace tanuki::ops
