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

class BinaryAccuracy : public MeanMetric {
 public:
  explicit BinaryAccuracy(BinaryAccuracyOptions options = {})
      : MeanMetric(std::move(options.name)), threshold_(options.threshold) {}

  double threshold() const { return threshold_; }
  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) {
    check(labels.shape, predictions.shape);
    add_matches(ops::AccuracyKernel<B>::binary(context, float(threshold_), labels, predictions),
                predictions.size());
  }

 private:
  double threshold_;
};

}  // namespace tanuki
