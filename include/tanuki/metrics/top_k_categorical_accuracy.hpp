#pragma once

// How often fewer than k scores are above that of the one-hot label's class.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct TopKCategoricalAccuracyOptions {
  Index k = 5;
  std::string name = "top_k_categorical_accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, TopKCategoricalAccuracyOptions& options) {
  field("k", options.k);
}

class TopKCategoricalAccuracy : public MeanMetric {
 public:
  using Options = TopKCategoricalAccuracyOptions;

  static std::string_view class_name() { return "TopKCategoricalAccuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit TopKCategoricalAccuracy(TopKCategoricalAccuracyOptions options = {})
      : MeanMetric(options.name), options_(std::move(options)) {
    if (options_.k < 1) fail("[", name(), "] k is ", options_.k, ", expected at least 1");
  }

  const TopKCategoricalAccuracyOptions& options() const { return options_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_one_hot_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = ops::rows_of(predictions.shape);
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::top_k(context, options_.k, true, labels, predictions, weights), values,
        weights);
  }

 private:
  TopKCategoricalAccuracyOptions options_;
};

}  // namespace tanuki
