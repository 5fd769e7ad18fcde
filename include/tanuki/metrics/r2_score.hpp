#pragma once

// The coefficient of determination, 1 - Σ(label - prediction)² / Σ(label - mean label)², of (batch, outputs) labels and
// predictions. (keras/src/metrics/regression_metrics.py)
//   uniform_average: the mean over the outputs; variance_weighted_average: by how much each output's labels vary
// Keras' null, a number for each output, is one number only where there is one output: else it is an Error.

#include <cmath>
#include <optional>

#include "tanuki/metrics/direction.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki {

struct R2ScoreOptions {
  std::optional<std::string> class_aggregation = "uniform_average";
  Index num_regressors = 0;  ///< above 0: the adjusted score, for so many independent variables
  std::string name = "r2_score";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, R2ScoreOptions& options) {
  field("class_aggregation", options.class_aggregation);
  field("num_regressors", options.num_regressors);
}

class R2Score {
 public:
  using Options = R2ScoreOptions;

  static std::string_view class_name() { return "R2Score"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit R2Score(R2ScoreOptions options = {}) : options_(std::move(options)) {
    const auto& kind = options_.class_aggregation;
    if (kind && *kind != "uniform_average" && *kind != "variance_weighted_average")
      fail("[", name(), "] class_aggregation is '", *kind,
           "', expected uniform_average or variance_weighted_average");
    if (options_.num_regressors < 0)
      fail("[", name(), "] num_regressors is ", options_.num_regressors, ", expected 0 or more");
  }

  const R2ScoreOptions& options() const { return options_; }
  const std::string& name() const { return options_.name; }
  void check(const Shape& labels, const Shape& predictions) const {
    if (!(labels == predictions) || labels.rank() == 0) {
      fail("[", name(), "] labels ", labels, " do not fit predictions ", predictions,
           ": expected the same shape, (batch, outputs)");
    }
    if (!options_.class_aggregation && predictions.back() != 1)
      fail("[", name(), "] without a class_aggregation it is ", predictions.back(),
           " numbers: expected uniform_average or variance_weighted_average");
  }

  template <class B>
  void update(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    if (weights) ops::check_sample_weight(name(), weights.shape, ops::rows_of(predictions.shape));
    const std::size_t outputs = std::size_t(predictions.shape.back());
    const std::vector<float> y = host(labels), p = host(predictions), w = host(weights);
    numbers_.resize(1 + 4 * outputs);
    numbers_[0] += double(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      double* sums = &numbers_[1 + 4 * (i % outputs)];
      const double label = double(y[i]), error = label - double(p[i]);
      const double weight = w.empty() ? 1.0 : double(w[i / (y.size() / w.size())]);
      sums[0] += weight * label;
      sums[1] += weight * label * label;
      sums[2] += weight * error * error;
      sums[3] += weight;
    }
  }

  double result() const {
    const std::size_t outputs = numbers_.size() / 4;
    if (outputs == 0) return 0;
    const bool by_variance = options_.class_aggregation == "variance_weighted_average";
    double sum = 0, all = 0;
    for (std::size_t i = 0; i < outputs; ++i) {
      const double* sums = &numbers_[1 + 4 * i];
      const double spread = sums[1] - sums[0] * sums[0] / sums[3], score = 1 - sums[2] / spread;
      const double weight = by_variance ? spread : 1;
      sum += weight * (std::isinf(score) ? 0 : score);
      all += weight;
    }
    const double score = sum / all, n = numbers_[0], regressors = double(options_.num_regressors);
    if (regressors == 0 || regressors >= n - 1) return score;  // more variables than examples: as Keras does
    return 1 - (1 - score) * (n - 1) / (n - regressors - 1);
  }
  void reset() { numbers_.clear(); }
  std::vector<double> state() const { return numbers_; }
  void restore(std::span<const double> state) {
    if (!state.empty() && state.size() % 4 != 1)
      fail("[", name(), "] a state of ", state.size(), " numbers was given, expected 1 and 4 an output");
    numbers_.assign(state.begin(), state.end());
  }

 private:
  template <class B>
  static std::vector<float> host(ConstTensorView<B> view) {
    std::vector<float> values(std::size_t(view ? view.size() : 0));
    if (!values.empty()) Memory<B>::to_host(values.data(), view.data, values.size());
    return values;
  }

  R2ScoreOptions options_;
  /// How many labels; for each output the sums of weight times label, label² and error², and of the weights.
  std::vector<double> numbers_;
};

}  // namespace tanuki
