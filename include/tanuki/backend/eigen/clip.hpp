#pragma once

// Gradients in bounds on the CPU.

#include <algorithm>

#include "tanuki/backend/eigen/axis_rows.hpp"
#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/clip.hpp"

namespace tanuki::ops {

template <>
struct ClipKernel<Cpu> {
  using Scales = std::vector<ClipScale>;

  static Scales scales(Context<Cpu>& context, float limit, bool together, WeightUpdates<Cpu> updates) {
    Scales scales;
    double sum = 0;
    for (const auto& of : updates) {
      const double squares = square_sum(context, of.gradient, of.size);
      sum += squares;
      if (!together) scales.push_back(scale_to_norm(squares, limit));
    }
    if (together) scales.assign(updates.size(), scale_to_global_norm(sum, limit));
    return scales;
  }

  static void scale(Context<Cpu>& context, const Scales& scales, std::size_t first,
                    WeightUpdates<Cpu> updates) {
    for (const auto& of : updates) {
      const ClipScale& by = scales[first++];
      scale(context, of.gradient, by.factor, by.divisor, of.weight, of.size);
    }
  }
  static void scale(Context<Cpu>& context, ConstTensorView<Cpu> x, float factor, float divisor,
                    TensorView<Cpu> y) {
    scale(context, x.data, factor, divisor, y.data, y.size());
  }

  static void clamp(Context<Cpu>& context, float limit, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates)
      eigen::elementwise(context, of.size, [=, x = of.gradient, y = of.weight](Index i) {
        y[i] = std::min(std::max(x[i], -limit), limit);
      });
  }

 private:
  static double square_sum(Context<Cpu>& context, const float* x, Index count) {
    return eigen::block_sum<double>(context, count, 1 << 14, [x](Index first, Index last) {
      return eigen::row_sum(last - first, [=](auto at) { return at(x + first) * at(x + first); });
    });
  }

  static void scale(Context<Cpu>& context, const float* x, float factor, float divisor, float* y,
                    Index count) {
    eigen::elementwise(context, count, [=](Index i) { y[i] = x[i] * factor / divisor; });
  }
};

}  // namespace tanuki::ops
