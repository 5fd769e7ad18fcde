#pragma once

// How often the highest score is that of the class whose number the label is.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct SparseCategoricalAccuracyOptions {
  std::string name = "sparse_categorical_accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field&, SparseCategoricalAccuracyOptions&) {}

class SparseCategoricalAccuracy : public MeanMetric {
 public:
  using Options = SparseCategoricalAccuracyOptions;

  static std::string_view class_name() { return "SparseCategoricalAccuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit SparseCategoricalAccuracy(SparseCategoricalAccuracyOptions options = {})
      : MeanMetric(options.name), options_(std::move(options)) {}

  const SparseCategoricalAccuracyOptions& options() const { return options_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_class_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = ops::rows_of(predictions.shape);
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::sparse(context, labels, predictions, weights), values, weights);
  }

 private:
  SparseCategoricalAccuracyOptions options_;
};

}  // namespace tanuki
