#pragma once

// sqrt of the mean of (label - prediction)² over all examples. (keras/src/metrics/regression_metrics.py)

#include <cmath>

#include "tanuki/losses/mean_squared_error.hpp"
#include "tanuki/metrics/metric.hpp"

namespace tanuki {

struct RootMeanSquaredErrorOptions {
  std::string name = "root_mean_squared_error";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field&, RootMeanSquaredErrorOptions&) {}

class RootMeanSquaredError : public LossMetric<MeanSquaredError> {
 public:
  using Options = RootMeanSquaredErrorOptions;

  static std::string_view class_name() { return "RootMeanSquaredError"; }

  explicit RootMeanSquaredError(RootMeanSquaredErrorOptions options = {})
      : LossMetric(MeanSquaredError({.name = options.name})), options_(std::move(options)) {}

  const RootMeanSquaredErrorOptions& options() const { return options_; }
  double result() const { return std::sqrt(LossMetric::result()); }

 private:
  RootMeanSquaredErrorOptions options_;
};

}  // namespace tanuki
