#pragma once

// How often fewer than k scores are above that of the class whose number the label is.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct SparseTopKCategoricalAccuracyOptions {
  Index k = 5;
  std::string name = "sparse_top_k_categorical_accuracy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, SparseTopKCategoricalAccuracyOptions& options) {
  field("k", options.k);
}

class SparseTopKCategoricalAccuracy : public MeanMetric {
 public:
  using Options = SparseTopKCategoricalAccuracyOptions;

  static std::string_view class_name() { return "SparseTopKCategoricalAccuracy"; }
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit SparseTopKCategoricalAccuracy(SparseTopKCategoricalAccuracyOptions options = {})
      : MeanMetric(options.name), options_(std::move(options)) {
    if (options_.k < 1) fail("[", name(), "] k is ", options_.k, ", expected at least 1");
  }

  const SparseTopKCategoricalAccuracyOptions& options() const { return options_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_class_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    check(labels.shape, predictions.shape);
    const Shape values = ops::rows_of(predictions.shape);
    check_weights(weights, values);
    add(ops::AccuracyKernel<B>::top_k(context, options_.k, false, labels, predictions, weights), values,
        weights);
  }

 private:
  SparseTopKCategoricalAccuracyOptions options_;
};

}  // namespace tanuki
