#pragma once

// The harmonic mean of precision and recall, FBetaScore with a beta of 1. (keras/src/metrics/f_score_metrics.py)

#include "tanuki/metrics/fbeta_score.hpp"

namespace tanuki {

struct F1ScoreOptions {
  std::optional<std::string> average = std::nullopt;
  std::optional<double> threshold = std::nullopt;
  std::string name = "f1_score";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, F1ScoreOptions& options) {
  field("average", options.average);
  field("threshold", options.threshold);
}

class F1Score : public FBetaScore {
 public:
  using Options = F1ScoreOptions;

  static std::string_view class_name() { return "F1Score"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit F1Score(F1ScoreOptions options = {})
      : FBetaScore({.average = options.average, .threshold = options.threshold, .name = options.name}),
        options_(std::move(options)) {}

  const F1ScoreOptions& options() const { return options_; }

 private:
  F1ScoreOptions options_;
};

}  // namespace tanuki
