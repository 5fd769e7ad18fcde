#pragma once

// How often `prediction > threshold` (strictly, and with no sigmoid) equals the label. For logits the
// threshold is 0: at the default, a logit must stand for a probability above 0.622 to count as yes.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct BinaryAccuracyOptions {
  double threshold = 0.5;
  std::string name = "binary_accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, BinaryAccuracyOptions& options) {
  field("threshold", options.threshold);
}

class BinaryAccuracy : public MeanMetric {
 public:
  using Options = BinaryAccuracyOptions;

  static std::string_view class_name() { return "BinaryAccuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit BinaryAccuracy(BinaryAccuracyOptions options = {})
      : MeanMetric(options.name), options_(std::move(options)) {}

  const BinaryAccuracyOptions& options() const { return options_; }
  double threshold() const { return options_.threshold; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = predictions.shape;
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::binary(context, float(threshold()), labels, predictions, weights), values,
        weights);
  }

 private:
  BinaryAccuracyOptions options_;
};

}  // namespace tanuki
