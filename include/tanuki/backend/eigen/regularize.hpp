#pragma once

// Regularization losses on the CPU.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/regularize.hpp"

namespace tanuki::ops {

template <>
struct RegularizeKernel<Cpu> {
  static double run(Context<Cpu>& context, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                    TensorView<Cpu> gradient) {
    const float l1 = regularizer.l1, l2 = regularizer.l2, *w = weight.data;
    if (gradient) {
      eigen::elementwise(context, weight.size(), [=, g = gradient.data](Index i) {
        const float value = w[i];
        g[i] += l1 * float((value > 0) - (value < 0)) + 2 * l2 * value;
      });
    }
    return eigen::block_sum<double>(context, weight.size(), 1 << 14, [=](Index first, Index last) {
      double size = 0, square = 0;
      for (Index i = first; i < last; ++i) {
        size += double(std::abs(w[i]));
        square += double(w[i]) * double(w[i]);
      }
      return double(l1) * size + double(l2) * square;
    });
  }

  /// Small matrices: plain loops, which cost no compile time.
  static double orthogonal(Context<Cpu>&, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                           TensorView<Cpu> gradient) {
    const Index rows = weight.shape[0], columns = weight.shape[1];
    const Index vectors = regularizer.columns ? columns : rows, length = regularizer.columns ? rows : columns;
    const auto place = [&](Index v, Index k) {
      return regularizer.columns ? k * columns + v : v * columns + k;
    };
    std::vector<float> unit(std::size_t(weight.size())), scale(static_cast<std::size_t>(vectors));
    const auto row = [&](Index v) { return unit.data() + v * length; };
    for (Index v = 0; v < vectors; ++v) {
      float square = 0;
      for (Index k = 0; k < length; ++k) square += weight.data[place(v, k)] * weight.data[place(v, k)];
      const float factor = scale[std::size_t(v)] = 1 / std::max(std::sqrt(square), 1e-12f);
      for (Index k = 0; k < length; ++k) row(v)[k] = factor * weight.data[place(v, k)];
    }
    const double share =
        double(regularizer.orthogonal) / (double(vectors) * double(vectors - 1));  // each pair is there twice
    double loss = 0;
    std::vector<float> back(static_cast<std::size_t>(length));
    for (Index v = 0; v < vectors; ++v) {
      std::fill(back.begin(), back.end(), 0.0f);
      for (Index other = 0; other < vectors; ++other) {
        if (other == v) continue;
        const float cosine = std::inner_product(row(v), row(v) + length, row(other), 0.0f);
        loss += double(std::abs(cosine));
        const float sign = float((cosine > 0) - (cosine < 0));
        for (Index k = 0; k < length; ++k) back[std::size_t(k)] += sign * row(other)[k];
      }
      if (!gradient) continue;
      const float along = std::inner_product(back.begin(), back.end(), row(v), 0.0f);
      const float factor = float(2 * share) * scale[std::size_t(v)];
      for (Index k = 0; k < length; ++k)
        gradient.data[place(v, k)] += factor * (back[std::size_t(k)] - along * row(v)[k]);
    }
    return share * loss;
  }
};

}  // namespace tanuki::ops
