#pragma once

// Of the predictions that say yes, the share that is right: true positives / (true + false positives).
// A prediction says yes above the threshold, or where it is among the top_k of its row; class_id looks at one class
// alone. (keras/src/metrics/confusion_metrics.py)

#include "tanuki/metrics/confusion.hpp"

namespace tanuki {

struct PrecisionOptions {
  std::optional<double> thresholds = std::nullopt;  ///< one; not given: 0.5
  std::optional<Index> top_k = std::nullopt;
  std::optional<Index> class_id = std::nullopt;
  std::string name = "precision";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, PrecisionOptions& options) {
  field("thresholds", options.thresholds);
  field("top_k", options.top_k);
  field("class_id", options.class_id);
}

class Precision : public ConfusionMetric {
 public:
  using Options = PrecisionOptions;

  static std::string_view class_name() { return "Precision"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit Precision(PrecisionOptions options = {})
      : ConfusionMetric(options.name,
                        at_threshold(options.name, options.thresholds, options.top_k, options.class_id)),
        options_(std::move(options)) {}

  const PrecisionOptions& options() const { return options_; }
  double result() const { return confusion().precision(0); }

 private:
  PrecisionOptions options_;
};

}  // namespace tanuki
