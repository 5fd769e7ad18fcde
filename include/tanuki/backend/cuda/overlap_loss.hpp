#pragma once

// Dice and Tversky losses on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/overlap_loss.hpp"

namespace tanuki::ops {

template <>
struct OverlapLossKernel<Cuda> {
  static double run(Context<Cuda>& context, const OverlapLossArguments& a, const LossPass<Cuda>& pass) {
    const Index count = pass.predictions.size();
    const Later<double> common_sum =
        gpu::sum_of(context, gpu::Sum::products, pass.labels.data, count, pass.predictions.data);
    const Later<double> label_sum = gpu::sum_of(context, gpu::Sum::numbers, pass.labels.data, count);
    const Later<double> prediction_sum =
        gpu::sum_of(context, gpu::Sum::numbers, pass.predictions.data, count);
    const double common = common_sum.get();  // of which the gradient is made
    const double size =
        a.common * common + a.label * label_sum.get() + a.prediction * prediction_sum.get() + 1e-7;
    if (pass.gradient) {
      const float of_common = float(-a.gain / size * double(pass.factor));
      const float of_size = float(a.gain * common / (size * size) * double(pass.factor));
      context.launch_over(count, "row_pairs", "overlap_gradient", pass.labels.data, of_common, of_size,
                          float(a.common), float(a.prediction), pass.gradient.data, count);
    }
    return 1 - a.gain * common / size;
  }
};

}  // namespace tanuki::ops
