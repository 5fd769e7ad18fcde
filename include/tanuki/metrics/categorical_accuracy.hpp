#pragma once

// How often the highest score is that of the one-hot label's class.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct CategoricalAccuracyOptions {
  std::string name = "categorical_accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field&, CategoricalAccuracyOptions&) {}

class CategoricalAccuracy : public MeanMetric {
 public:
  using Options = CategoricalAccuracyOptions;

  static std::string_view class_name() { return "CategoricalAccuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit CategoricalAccuracy(CategoricalAccuracyOptions options = {})
      : MeanMetric(options.name), options_(std::move(options)) {}

  const CategoricalAccuracyOptions& options() const { return options_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_one_hot_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = ops::rows_of(predictions.shape);
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::categorical(context, labels, predictions, weights), values, weights);
  }

 private:
  CategoricalAccuracyOptions options_;
};

}  // namespace tanuki
