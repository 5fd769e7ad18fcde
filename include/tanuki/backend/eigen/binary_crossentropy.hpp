#pragma once

// Binary crossentropy on the CPU.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/binary_crossentropy.hpp"

namespace tanuki::ops {

template <>
struct BinaryCrossentropyKernel<Cpu> {
  static LossSum run(Context<Cpu>& context, const BinaryCrossentropyOptions& options,
                     ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                     TensorView<Cpu> gradient) {
    return options.from_logits ? sum(context, options, labels, predictions, gradient, of_logit)
                               : sum(context, options, labels, predictions, gradient, of_probability);
  }

 private:
  struct Point {
    float loss, slope;
  };

  static Point of_logit(float z, float y) {
    const float e = std::exp(-std::abs(z));  // at most 1, so nothing overflows
    const float sigmoid = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    return {std::max(z, 0.0f) - z * y + std::log1p(e), sigmoid - y};
  }

  static Point of_probability(float p, float y) {
    constexpr float low = 1e-7f, high = float(1.0 - 1e-7);
    const float q = p < low ? low : p > high ? high : p;  // keeps a NaN
    const bool clipped = p < low || p > high;
    return {-(y * std::log(q) + (1 - y) * std::log(1 - q)), clipped ? 0.0f : (1 - y) / (1 - q) - y / q};
  }

  template <class Function>
  static LossSum sum(Context<Cpu>& context, const BinaryCrossentropyOptions& options,
                     ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions, TensorView<Cpu> gradient,
                     Function function) {
    const float keep = float(1.0 - options.label_smoothing), spread = float(0.5 * options.label_smoothing);
    const float scale = 1.0f / float(predictions.size());
    return eigen::block_sum<LossSum>(context, predictions.size(), 1 << 14, [=](Index first, Index last) {
      LossSum block;
      for (Index i = first; i < last; ++i) {
        const float y = labels.data[i];
        if (!(y >= 0 && y <= 1) && block.bad_label < 0) block.bad_label = i;
        const Point point = function(predictions.data[i], y * keep + spread);
        block.sum += double(point.loss);
        if (gradient) gradient.data[i] = point.slope * scale;
      }
      return block;
    });
  }
};

}  // namespace tanuki::ops
