#pragma once

// Dice and Tversky losses on the CPU.

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/overlap_loss.hpp"

namespace tanuki::ops {

template <>
struct OverlapLossKernel<Cpu> {
  static double run(Context<Cpu>& context, const OverlapLossArguments& a, const LossPass<Cpu>& pass) {
    const float *y = pass.labels.data, *p = pass.predictions.data;
    const Sums sums =
        eigen::block_sum<Sums>(context, pass.predictions.size(), 1 << 14, [=](Index i, Index last) {
          Sums block;
          for (; i < last; ++i) block += Sums{double(y[i] * p[i]), double(y[i]), double(p[i])};
          return block;
        });
    const double size = a.common * sums.common + a.label * sums.label + a.prediction * sums.prediction + 1e-7;
    if (pass.gradient) {
      const float of_common = float(-a.gain / size * double(pass.factor));
      const float of_size = float(a.gain * sums.common / (size * size) * double(pass.factor));
      const float slope = float(a.common), rest = float(a.prediction);
      eigen::elementwise(context, pass.predictions.size(), [=, g = pass.gradient.data](Index i) {
        g[i] = of_common * y[i] + of_size * (slope * y[i] + rest);
      });
    }
    return 1 - a.gain * sums.common / size;
  }

 private:
  struct Sums {
    double common = 0, label = 0, prediction = 0;

    Sums& operator+=(const Sums& other) {
      common += other.common, label += other.label, prediction += other.prediction;
      return *this;
    }
  };
};

}  // namespace tanuki::ops
