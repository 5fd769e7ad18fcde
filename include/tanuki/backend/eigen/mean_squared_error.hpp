#pragma once

// Mean squared error on the CPU.

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/mean_squared_error.hpp"

namespace tanuki::ops {

template <>
struct MeanSquaredErrorKernel<Cpu> {
  static LossSum run(Context<Cpu>& context, ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                     TensorView<Cpu> gradient) {
    const float scale = 2.0f / float(predictions.size());
    return eigen::block_sum<LossSum>(context, predictions.size(), 1 << 14, [=](Index first, Index last) {
      LossSum block;
      for (Index i = first; i < last; ++i) {
        const float error = predictions.data[i] - labels.data[i];
        block.sum += double(error) * double(error);
        if (gradient) gradient.data[i] = error * scale;
      }
      return block;
    });
  }
};

}  // namespace tanuki::ops
