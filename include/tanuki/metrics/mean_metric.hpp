#pragma once

// What a metric that is a mean derives from: it adds name(), check() and update(). The mean is over the examples, and
// where there are weights it is weighted. (keras/src/metrics/reduction_metrics.py)

#include "tanuki/metrics/mean.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki {

class MeanMetric {
 public:
  const std::string& name() const { return mean_.name(); }
  double result() const { return mean_.result(); }
  void reset() { mean_.reset(); }
  std::vector<double> state() const { return mean_.state(); }
  void restore(std::span<const double> state) { mean_.restore(state); }

 protected:
  explicit MeanMetric(std::string name) : mean_({.name = std::move(name)}) {}

  /// A batch of `values`, whose sum, each times its weight, is `sum`.
  template <class B>
  void add(double sum, const Shape& values, ConstTensorView<B> weights) {
    const Index count = values.elements();
    if (count == 0) return;
    const double examples = double(values.front());
    if (!weights) return mean_.add(sum * examples / double(count), examples);
    mean_.add(sum * examples / double(count), ops::sum_of(weights) * examples / double(weights.size()));
  }

  /// Throws Error where the weights do not fit the values.
  template <class B>
  void check_weights(ConstTensorView<B> weights, const Shape& values) const {
    if (weights) ops::check_sample_weight(name(), weights.shape, values);
  }

  Mean mean_;
};

}  // namespace tanuki
