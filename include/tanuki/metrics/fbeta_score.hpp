#pragma once

// F-beta, a harmonic mean of precision and recall in which recall counts beta times as much, of (batch, classes) labels and
// predictions: (1 + beta²) · precision · recall / (beta² · precision + recall). F1Score is that of beta 1. Without a threshold the highest
// score of a row says yes. (keras/src/metrics/f_score_metrics.py)
//   macro: the mean over the classes; weighted: by how many labels each has; micro: all classes in one count
// Keras' default, a number for each class, is one number only where there is one class: else it is an Error.

#include <optional>

#include "tanuki/metrics/confusion.hpp"

namespace tanuki {

struct FBetaScoreOptions {
  std::optional<std::string> average = std::nullopt;
  double beta = 1;
  std::optional<double> threshold = std::nullopt;
  std::string name = "fbeta_score";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, FBetaScoreOptions& options) {
  field("average", options.average);
  field("beta", options.beta);
  field("threshold", options.threshold);
}

class FBetaScore {
 public:
  using Options = FBetaScoreOptions;

  static std::string_view class_name() { return "FBetaScore"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit FBetaScore(FBetaScoreOptions options = {}) : options_(std::move(options)) {
    const std::string average = options_.average.value_or("macro");
    if (average != "micro" && average != "macro" && average != "weighted")
      fail("[", name(), "] average is '", average, "', expected micro, macro or weighted");
    if (!(options_.beta > 0 && std::isfinite(options_.beta)))
      fail("[", name(), "] beta is ", options_.beta, ", expected above 0");
    if (options_.threshold && !(*options_.threshold > 0 && *options_.threshold <= 1))
      fail("[", name(), "] threshold is ", *options_.threshold, ", expected above 0, up to 1");
  }

  const FBetaScoreOptions& options() const { return options_; }
  const std::string& name() const { return options_.name; }
  void check(const Shape& labels, const Shape& predictions) const {
    if (!(labels == predictions) || labels.rank() == 0) {
      fail("[", name(), "] labels ", labels, " do not fit predictions ", predictions,
           ": expected the same shape, (batch, classes)");
    }
    if (!options_.average && predictions.back() != 1) {
      fail("[", name(), "] without an average it is ", predictions.back(),
           " numbers: expected average micro, macro or weighted");
    }
  }

  template <class B>
  void update(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape rows = ops::rows_of(predictions.shape);
    if (weights) ops::check_sample_weight(name(), weights.shape, rows);
    const std::size_t classes = std::size_t(predictions.shape.back());
    const std::vector<float> y = host(labels), p = host(predictions), w = host(weights);
    const bool micro = options_.average == "micro";
    counts_.resize(3 * (micro ? 1 : classes));
    for (std::size_t i = 0; i < p.size(); ++i) {
      const float* row = p.data() + i / classes * classes;
      const bool yes = options_.threshold
                           ? p[i] > float(*options_.threshold)
                           : p[i] >= *std::max_element(row, row + classes) && std::abs(p[i]) > 1e-9f;
      const double weight = w.empty() ? 1.0 : double(w[i / (p.size() / w.size())]);
      double* count = counts_.data() + (micro ? 0 : 3 * (i % classes));
      if (yes) count[0] += weight * double(y[i]);
      if (yes) count[1] += weight * double(1 - y[i]);
      count[2] += weight * double(y[i]);
    }
  }

  double result() const {
    constexpr double epsilon = 1e-7;
    double sum = 0, all = 0;
    const std::size_t classes = counts_.size() / 3;
    const bool weighted = options_.average == "weighted";
    for (std::size_t c = 0; c < classes; ++c) {
      const double right = counts_[3 * c], wrong = counts_[3 * c + 1], labels = counts_[3 * c + 2];
      const double precision = right / (right + wrong + epsilon), recall = right / (labels + epsilon);
      const double square = options_.beta * options_.beta;
      const double score = (1 + square) * precision * recall / (precision * square + recall + epsilon);
      sum += score * (weighted ? labels : 1);
      all += weighted ? labels : 1;
    }
    return ops::divide_no_nan(sum, all + (weighted ? epsilon : 0));
  }
  void reset() { counts_.clear(); }
  std::vector<double> state() const { return counts_; }
  void restore(std::span<const double> state) {
    if (state.size() % 3)
      fail("[", name(), "] a state of ", state.size(), " numbers was given, expected 3 a class");
    counts_.assign(state.begin(), state.end());
  }

 private:
  template <class B>
  static std::vector<float> host(ConstTensorView<B> view) {
    std::vector<float> values(std::size_t(view ? view.size() : 0));
    if (!values.empty()) Memory<B>::to_host(values.data(), view.data, values.size());
    return values;
  }

  FBetaScoreOptions options_;
  std::vector<double> counts_;  ///< for each class the right and the wrong predictions of yes, and the labels
};

}  // namespace tanuki
