#pragma once

// How many predictions are right and wrong in saying yes, above the threshold, or no: TruePositives, FalsePositives,
// TrueNegatives, FalseNegatives. With sample weights, the sum of these. (keras/src/metrics/confusion_metrics.py)

#include "tanuki/metrics/confusion.hpp"

namespace tanuki {

struct ConfusionCountOptions {
  std::optional<double> thresholds = std::nullopt;  ///< one; not given: 0.5
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ConfusionCountOptions& options) {
  field("thresholds", options.thresholds);
}

/// `Count`: what is counted, with its names.
template <class Count>
class ConfusionCount : public ConfusionMetric {
 public:
  using Options = ConfusionCountOptions;

  static std::string_view class_name() { return Count::class_name; }

  explicit ConfusionCount(ConfusionCountOptions options = {})
      : ConfusionCount(std::move(options), std::string(Count::name)) {}

  const ConfusionCountOptions& options() const { return options_; }
  double result() const { return Count::of(confusion()); }

 private:
  ConfusionCount(ConfusionCountOptions options, const std::string& name)
      : ConfusionMetric(options.name.empty() ? name : options.name,
                        at_threshold(name, options.thresholds, std::nullopt, std::nullopt)),
        options_(std::move(options)) {
    if (options_.name.empty()) options_.name = name;
  }

  ConfusionCountOptions options_;
};

namespace detail {

struct TruePositivesCount {
  static constexpr std::string_view class_name = "TruePositives", name = "true_positives";
  static double of(const Confusion& confusion) { return confusion.true_positives(0); }
};
struct FalsePositivesCount {
  static constexpr std::string_view class_name = "FalsePositives", name = "false_positives";
  static double of(const Confusion& confusion) { return confusion.false_positives(0); }
};
struct TrueNegativesCount {
  static constexpr std::string_view class_name = "TrueNegatives", name = "true_negatives";
  static double of(const Confusion& confusion) { return confusion.true_negatives(0); }
};
struct FalseNegativesCount {
  static constexpr std::string_view class_name = "FalseNegatives", name = "false_negatives";
  static double of(const Confusion& confusion) { return confusion.false_negatives(0); }
};

}  // namespace detail

using TruePositives = ConfusionCount<detail::TruePositivesCount>;
using FalsePositives = ConfusionCount<detail::FalsePositivesCount>;
using TrueNegatives = ConfusionCount<detail::TrueNegativesCount>;
using FalseNegatives = ConfusionCount<detail::FalseNegativesCount>;

}  // namespace tanuki
