#pragma once

// How often the highest score is that of the one-hot label's class.

#include "tanuki/metrics/metric.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki {

struct CategoricalAccuracyOptions {
  std::string name = "categorical_accuracy";
};

class CategoricalAccuracy : public MeanMetric {
 public:
  explicit CategoricalAccuracy(CategoricalAccuracyOptions options = {})
      : MeanMetric(std::move(options.name)) {}

  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_one_hot_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) {
    check(labels.shape, predictions.shape);
    add_matches(ops::AccuracyKernel<B>::categorical(context, labels, predictions),
                predictions.size() / predictions.shape.back());
  }
};

}  // namespace tanuki
