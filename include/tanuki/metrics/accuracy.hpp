#pragma once

// How often the prediction is the label, number for number. What compile() means by "accuracy" is
// AccuracyByShape.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct AccuracyOptions {
  std::string name = "accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field&, AccuracyOptions&) {}

class Accuracy : public MeanMetric {
 public:
  using Options = AccuracyOptions;

  static std::string_view class_name() { return "Accuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit Accuracy(AccuracyOptions options = {}) : MeanMetric(options.name), options_(std::move(options)) {}

  const AccuracyOptions& options() const { return options_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = predictions.shape;
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::equal(context, labels, predictions, weights), values, weights);
  }

 private:
  AccuracyOptions options_;
};

}  // namespace tanuki
