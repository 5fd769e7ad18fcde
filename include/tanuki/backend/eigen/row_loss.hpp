#pragma once

// Losses of rows on the CPU: each formula takes a row of predictions, gives its loss and writes its gradient.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/row_loss.hpp"

namespace tanuki::ops {

template <>
struct RowLossKernel<Cpu> {
  static LossSum run(Context<Cpu>& context, RowLoss kind, const RowLossArguments& arguments,
                     const LossPass<Cpu>& pass) {
    const Index classes = pass.predictions.shape.rank() > 1 ? pass.predictions.shape.back() : 1;
    const auto rows = [&](auto formula) {
      return sum_rows(context, pass, classes, [=, labels = pass.labels.data](Index row, const Row& r) {
        return LossSum{formula(r, labels + row * classes)};
      });
    };
    const auto one_hot = [&](auto formula) {
      const float keep = float(1.0 - arguments.label_smoothing),
                  spread = float(arguments.label_smoothing / double(classes));
      return rows([=](const Row& r, const float* y) {
        return formula(r, [=](Index j) { return y[j] * keep + spread; });
      });
    };
    switch (kind) {
      case RowLoss::categorical_crossentropy:
        if (arguments.from_logits) return one_hot([](const Row& r, auto y) { return of_logits(r, y); });
        return one_hot([](const Row& r, auto y) { return of_probabilities(r, y); });
      case RowLoss::categorical_focal_crossentropy:
        return one_hot([=](const Row& r, auto y) { return focal(r, y, arguments); });
      case RowLoss::sparse_categorical_crossentropy:
        return sum_rows(context, pass, classes, [=, labels = pass.labels.data](Index row, const Row& r) {
          return sparse(r, labels[row], row, arguments);
        });
      case RowLoss::categorical_hinge:
        return rows(categorical_hinge);
      case RowLoss::kl_divergence:
        return rows(kl_divergence);
      case RowLoss::cosine_similarity:
        return rows(cosine_similarity);
    }
    return {};
  }

 private:
  struct Row {
    const float* scores;
    float* gradient;  ///< may be null
    Index classes;
    float scale;  ///< of the gradient
  };

  template <class Fn>
  static LossSum sum_rows(Context<Cpu>& context, const LossPass<Cpu>& pass, Index classes, Fn fn) {
    const Index rows = pass.predictions.size() / classes;
    const Index stride = pass.weights && rows ? rows / pass.weights.size() : 1;  // rows a weight
    return eigen::block_sum<LossSum>(
        context, rows, eigen::rows_per_block(classes), [=](Index first, Index last) {
          LossSum block;
          for (Index row = first; row < last; ++row) {
            const float weight = pass.weights ? pass.weights.data[row / stride] : 1.0f;
            float* gradient = pass.gradient ? pass.gradient.data + row * classes : nullptr;
            LossSum loss =
                fn(row, Row{pass.predictions.data + row * classes, gradient, classes, pass.factor * weight});
            loss.sum *= double(weight);
            block += loss;
          }
          return block;
        });
  }

  static constexpr float low = 1e-7f, high = float(1.0 - 1e-7);
  static bool outside(float p) { return p < low || p > high; }
  static float clip(float p, float most = high) {
    return p < low ? low : p > most ? most : p;
  }  // keeps a NaN

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

  template <class Label>
  static double focal(const Row& r, Label label, const RowLossArguments& arguments) {
    const float alpha = float(arguments.alpha), gamma = float(arguments.gamma);
    const bool logits = arguments.from_logits;
    const float top = logits ? *std::max_element(r.scores, r.scores + r.classes) : 0;
    const auto part = [&](Index j) { return logits ? std::exp(r.scores[j] - top) : r.scores[j]; };
    double total = 0, loss = 0, mean_slope = 0;
    for (Index j = 0; j < r.classes; ++j) total += double(part(j));
    const float sum = float(total);
    const auto slope = [&](Index j, float q) {
      if (outside(q)) return 0.0f;
      const float bend = gamma != 0 ? gamma * std::pow(1 - q, gamma - 1) * std::log(q) : 0;
      return alpha * label(j) * (bend - std::pow(1 - q, gamma) / q);
    };
    for (Index j = 0; j < r.classes; ++j) {
      const float q = part(j) / sum, kept = clip(q);
      loss -= double(alpha * std::pow(1 - kept, gamma) * label(j) * std::log(kept));
      mean_slope += double(slope(j, q) * q);
    }
    if (!r.gradient) return loss;
    for (Index j = 0; j < r.classes; ++j) {
      const float q = part(j) / sum;
      r.gradient[j] = (slope(j, q) - float(mean_slope)) * (logits ? q : 1 / sum) * r.scale;
    }
    return loss;
  }

  static LossSum sparse(const Row& r, float y, Index row, const RowLossArguments& arguments) {
    const bool ignored = arguments.ignore_class && y == float(*arguments.ignore_class);
    const bool good = y >= 0 && y < float(r.classes) && y == std::floor(y);
    if (ignored || !good) {
      if (r.gradient) std::fill_n(r.gradient, r.classes, 0.0f);
      return LossSum{0, ignored ? -1 : row};
    }
    const Index wanted = Index(y);
    if (!arguments.from_logits) return LossSum{of_clipped_probabilities(r, wanted)};
    return LossSum{of_logits(r, [wanted](Index j) { return j == wanted ? 1.0f : 0.0f; })};
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

  static double categorical_hinge(const Row& r, const float* y) {
    double right = 0;
    float wrong = (1 - y[0]) * r.scores[0];
    for (Index j = 0; j < r.classes; ++j) {
      right += double(y[j] * r.scores[j]);
      wrong = std::max(wrong, (1 - y[j]) * r.scores[j]);
    }
    const double loss = double(wrong) - right + 1;
    if (r.gradient) {
      Index ties = 0;  // share the slope
      for (Index j = 0; j < r.classes; ++j) ties += (1 - y[j]) * r.scores[j] == wrong;
      for (Index j = 0; j < r.classes; ++j) {
        const float up = (1 - y[j]) * r.scores[j] == wrong ? (1 - y[j]) / float(ties) : 0;
        r.gradient[j] = loss >= 0 ? (up - y[j]) * r.scale : 0;
      }
    }
    return loss < 0 ? 0 : loss;
  }

  static double kl_divergence(const Row& r, const float* y) {
    double loss = 0;
    for (Index j = 0; j < r.classes; ++j) {
      const float label = clip(y[j], 1), p = clip(r.scores[j], 1);
      loss += double(label * std::log(label / p));
      if (r.gradient) r.gradient[j] = p == r.scores[j] ? -label / p * r.scale : 0;
    }
    return loss;
  }

  /// What brings a row to length 1; a row of (nearly) nothing stays short.
  static float inverse_length(const float* x, Index count) {
    double squares = 0;
    for (Index j = 0; j < count; ++j) squares += double(x[j]) * double(x[j]);
    return std::min(float(1 / std::sqrt(squares)), 1 / 1e-7f);
  }

  static double cosine_similarity(const Row& r, const float* y) {
    const float to_one = inverse_length(r.scores, r.classes), label_to_one = inverse_length(y, r.classes);
    double cosine = 0;
    for (Index j = 0; j < r.classes; ++j) cosine += double(y[j] * label_to_one * (r.scores[j] * to_one));
    if (r.gradient) {
      const float turn = to_one < 1 / 1e-7f ? float(cosine) : 0;
      for (Index j = 0; j < r.classes; ++j)
        r.gradient[j] = (r.scores[j] * to_one * turn - y[j] * label_to_one) * to_one * r.scale;
    }
    return -cosine;
  }
};

}  // namespace tanuki::ops
