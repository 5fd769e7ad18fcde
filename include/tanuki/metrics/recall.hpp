#pragma once

// Of the labels that say yes, the share that was found: true positives / (true positives + false negatives).
// A prediction says yes above the threshold, or where it is among the top_k of its row; class_id looks at one class
// alone. (keras/src/metrics/confusion_metrics.py)

#include "tanuki/metrics/confusion.hpp"

namespace tanuki {

struct RecallOptions {
  std::optional<double> thresholds = std::nullopt;  ///< one; not given: 0.5
  std::optional<Index> top_k = std::nullopt;
  std::optional<Index> class_id = std::nullopt;
  std::string name = "recall";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RecallOptions& options) {
  field("thresholds", options.thresholds);
  field("top_k", options.top_k);
  field("class_id", options.class_id);
}

class Recall : public ConfusionMetric {
 public:
  using Options = RecallOptions;

  static std::string_view class_name() { return "Recall"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit Recall(RecallOptions options = {})
      : ConfusionMetric(options.name,
                        at_threshold(options.name, options.thresholds, options.top_k, options.class_id)),
        options_(std::move(options)) {}

  const RecallOptions& options() const { return options_; }
  double result() const { return confusion().recall(0); }

 private:
  RecallOptions options_;
};

}  // namespace tanuki
