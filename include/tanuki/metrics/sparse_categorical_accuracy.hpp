#pragma once

// How often the highest score is that of the class whose number the label is.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct SparseCategoricalAccuracyOptions {
  std::string name = "sparse_categorical_accuracy";
};

class SparseCategoricalAccuracy : public MeanMetric {
 public:
  explicit SparseCategoricalAccuracy(SparseCategoricalAccuracyOptions options = {})
      : MeanMetric(std::move(options.name)) {}

  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_class_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) {
    check(labels.shape, predictions.shape);
    add_matches(ops::AccuracyKernel<B>::sparse(context, labels, predictions),
                predictions.size() / predictions.shape.back());
  }
};

}  // namespace tanuki
