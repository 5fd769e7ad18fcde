#pragma once

// Categorical crossentropy on the CPU, a row of scores at a time.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/categorical_crossentropy.hpp"

namespace tanuki::ops {

template <>
struct CategoricalCrossentropyKernel<Cpu> {
  static LossSum one_hot(Context<Cpu>& context, const CategoricalCrossentropyOptions& options,
                         ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                         TensorView<Cpu> gradient) {
    const Index classes = predictions.shape.back();
    const float keep = float(1.0 - options.label_smoothing),
                spread = float(options.label_smoothing / double(classes));
    return sum_rows(context, predictions, gradient, [=](Index row, const Row& r) {
      const auto label = [y = labels.data + row * classes, keep, spread](Index j) {
        return y[j] * keep + spread;
      };
      return LossSum{options.from_logits ? of_logits(r, label) : of_probabilities(r, label)};
    });
  }

  static LossSum sparse(Context<Cpu>& context, const SparseCategoricalCrossentropyOptions& options,
                        ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                        TensorView<Cpu> gradient) {
    return sum_rows(context, predictions, gradient, [=](Index row, const Row& r) {
      const float y = labels.data[row];
      if (!(y >= 0 && y < float(r.classes) && y == std::floor(y))) return LossSum{0, row};
      const auto label = [wanted = Index(y)](Index j) { return j == wanted ? 1.0f : 0.0f; };
      return LossSum{options.from_logits ? of_logits(r, label) : of_clipped_probabilities(r, Index(y))};
    });
  }

 private:
  struct Row {
    const float* scores;
    float* gradient;  ///< may be null
    Index classes;
    float scale;  ///< of the gradient
  };

  template <class Fn>
  static LossSum sum_rows(Context<Cpu>& context, ConstTensorView<Cpu> predictions, TensorView<Cpu> gradient,
                          Fn fn) {
    const Index classes = predictions.shape.back(), rows = predictions.size() / classes;
    return eigen::block_sum<LossSum>(
        context, rows, eigen::rows_per_block(classes), [=](Index first, Index last) {
          LossSum block;
          for (Index row = first; row < last; ++row) {
            block +=
                fn(row, Row{predictions.data + row * classes,
                            gradient ? gradient.data + row * classes : nullptr, classes, 1.0f / float(rows)});
          }
          return block;
        });
  }

  template <class Label>
  static double of_logits(const Row& r, Label label) {
    const float* z = r.scores;
    const float top = *std::max_element(z, z + r.classes);
    double total = 0, loss = 0, labels = 0;
    for (Index j = 0; j < r.classes; ++j) total += double(std::exp(z[j] - top));
    const double log_total = std::log(total);
    for (Index j = 0; j < r.classes; ++j) {
      const double y = double(label(j));
      loss += y * (log_total - double(z[j] - top));
      labels += y;
    }
    if (!r.gradient) return loss;
    const float factor = float(labels / total);
    for (Index j = 0; j < r.classes; ++j)
      r.gradient[j] = (std::exp(z[j] - top) * factor - label(j)) * r.scale;
    return loss;
  }

  static constexpr float low = 1e-7f, high = float(1.0 - 1e-7);
  static bool outside(float p) { return p < low || p > high; }
  static float clip(float p) { return p < low ? low : p > high ? high : p; }  // keeps a NaN

  template <class Label>
  static double of_probabilities(const Row& r, Label label) {
    double total = 0, loss = 0;
    for (Index j = 0; j < r.classes; ++j) total += double(r.scores[j]);
    const float sum = float(total);
    double mean_slope = 0;  // what every score gives back for its part in the sum
    for (Index j = 0; j < r.classes; ++j) {
      const float y = label(j), q = r.scores[j] / sum;
      loss -= double(y * std::log(clip(q)));
      if (!outside(q)) mean_slope -= double(y);  // (-y / q)·q
    }
    if (!r.gradient) return loss;
    for (Index j = 0; j < r.classes; ++j) {
      const float q = r.scores[j] / sum;
      const float slope = outside(q) ? 0.0f : -label(j) / q;
      r.gradient[j] = (slope - float(mean_slope)) / sum * r.scale;
    }
    return loss;
  }

  static double of_clipped_probabilities(const Row& r, Index wanted) {
    double total = 0;
    for (Index j = 0; j < r.classes; ++j) total += double(clip(r.scores[j]));
    const float p = clip(r.scores[wanted]);
    if (r.gradient) {
      for (Index j = 0; j < r.classes; ++j) {
        const float slope = 1 / float(total) - (j == wanted ? 1 / p : 0.0f);
        r.gradient[j] = outside(r.scores[j]) ? 0.0f : slope * r.scale;
      }
    }
    return std::log(total) - std::log(double(p));
  }
};

}  // namespace tanuki::ops
