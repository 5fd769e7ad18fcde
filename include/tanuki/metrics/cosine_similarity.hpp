#pragma once

// The mean cosine of the angle between label and prediction, 1 where they agree: minus the loss of this name.
// (keras/src/metrics/regression_metrics.py)

#include "tanuki/losses/cosine_similarity.hpp"
#include "tanuki/metrics/metric.hpp"

namespace tanuki {

struct CosineSimilarityMetricOptions {
  Index axis = -1;
  std::string name = "cosine_similarity";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CosineSimilarityMetricOptions& options) {
  field("axis", options.axis);
}

/// keras.metrics.CosineSimilarity; the loss has the name without "Metric".
class CosineSimilarityMetric : public LossMetric<CosineSimilarity> {
 public:
  using Options = CosineSimilarityMetricOptions;

  static constexpr MetricDirection direction = MetricDirection::up;

  explicit CosineSimilarityMetric(CosineSimilarityMetricOptions options = {})
      : LossMetric(CosineSimilarity({.axis = options.axis, .name = options.name})),
        options_(std::move(options)) {}

  const CosineSimilarityMetricOptions& options() const { return options_; }
  double result() const { return -LossMetric::result(); }

 private:
  CosineSimilarityMetricOptions options_;
};

}  // namespace tanuki
