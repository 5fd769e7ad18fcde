#pragma once

// The area under a curve that is drawn through the confusions at num_thresholds thresholds: "ROC" (recall over the
// rate of false positives) or "PR" (precision over recall). (keras/src/metrics/confusion_metrics.py)

#include "tanuki/metrics/confusion.hpp"

namespace tanuki {

struct AUCOptions {
  Index num_thresholds = 200;
  std::string curve = "ROC";
  std::string summation_method = "interpolation";  ///< or "majoring", "minoring"
  std::vector<double> thresholds = {};             ///< instead of evenly spread ones
  bool from_logits = false;
  std::string name = "auc";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AUCOptions& options) {
  field("num_thresholds", options.num_thresholds);
  field("curve", options.curve);
  field("summation_method", options.summation_method);
  field("thresholds", options.thresholds);
  field("from_logits", options.from_logits);
}

class AUC : public ConfusionMetric {
 public:
  using Options = AUCOptions;

  static std::string_view class_name() { return "AUC"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit AUC(AUCOptions options = {})
      : ConfusionMetric(options.name, confusion_options(options), options.from_logits),
        options_(std::move(options)) {}

  const AUCOptions& options() const { return options_; }

  double result() const {
    const Confusion& c = confusion();
    const bool roc = is(options_.curve, "ROC");
    const bool interpolates = is(options_.summation_method, "interpolation");
    double area = 0;
    for (std::size_t t = 0; t + 1 < c.thresholds(); ++t) {
      if (!roc && interpolates) {
        area += precision_recall_area(t);
        continue;
      }
      const double width =
          roc ? c.false_positive_rate(t) - c.false_positive_rate(t + 1) : c.recall(t) - c.recall(t + 1);
      const double left = roc ? c.recall(t) : c.precision(t);
      const double right = roc ? c.recall(t + 1) : c.precision(t + 1);
      area += width * (interpolates                                ? (left + right) / 2
                       : is(options_.summation_method, "minoring") ? std::min(left, right)
                                                                   : std::max(left, right));
    }
    return area;
  }

 private:
  static bool is(std::string name, const std::string& wanted) {
    const auto lower = [](std::string text) {
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
      return text;
    };
    return lower(std::move(name)) == lower(wanted);
  }

  static ConfusionOptions confusion_options(const AUCOptions& options) {
    const auto reject = [&](const char* option, const auto& value, const char* expected) {
      fail("[", options.name, "] ", option, " is ", value, ", expected ", expected);
    };
    if (!is(options.curve, "ROC") && !is(options.curve, "PR")) reject("curve", options.curve, "ROC or PR");
    const auto& method = options.summation_method;
    if (!is(method, "interpolation") && !is(method, "majoring") && !is(method, "minoring"))
      reject("summation_method", method, "interpolation, majoring or minoring");
    std::vector<double> inner = options.thresholds;
    if (inner.empty()) {
      if (options.num_thresholds < 2 || options.num_thresholds > 1'000'000)
        reject("num_thresholds", options.num_thresholds, "2 to 1000000");
      for (Index i = 1; i + 1 < options.num_thresholds; ++i)
        inner.push_back(double(i) / double(options.num_thresholds - 1));
    }
    std::sort(inner.begin(), inner.end());
    ConfusionOptions made{.thresholds = {-1e-7f}, .even = true};
    for (std::size_t i = 0; i < inner.size(); ++i) {
      if (!(inner[i] >= 0 && inner[i] <= 1)) reject("a threshold", inner[i], "0 to 1");
      const double evenly = double(i + 1) / double(inner.size() + 1);
      made.even = made.even && std::abs(inner[i] - evenly) <= 1e-7 + 1e-5 * evenly;
      made.thresholds.push_back(float(inner[i]));
    }
    made.even = made.even && !inner.empty();
    made.thresholds.push_back(1 + 1e-7f);
    return made;
  }

  /// Davis and Goadrich's: true positives grow linearly with false ones between two thresholds.
  double precision_recall_area(std::size_t t) const {
    const Confusion& c = confusion();
    const double here = c.true_positives(t) + c.false_positives(t);
    const double next = c.true_positives(t + 1) + c.false_positives(t + 1);
    const double found = c.true_positives(t) - c.true_positives(t + 1);
    const double slope = ops::divide_no_nan(found, std::max(here - next, 0.0));
    const double intercept = c.true_positives(t + 1) - slope * next;
    const double ratio = here > 0 && next > 0 ? here / next : 1;
    return ops::divide_no_nan(slope * (found + intercept * std::log(ratio)),
                              c.true_positives(t + 1) + c.false_negatives(t + 1));
  }

  AUCOptions options_;
};

}  // namespace tanuki
