#pragma once

// What a metric that is a mean derives from: it adds name(), check() and update(). The mean is over the examples, and
// where there are weights it is weighted. (keras/src/metrics/reduction_metrics.py)

#include "tanuki/metrics/mean.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki {

class MeanMetric {
 public:
  const std::string& name() const { return mean_.name(); }
  double result() const { return counted().result(); }
  void reset() { waiting_.clear(), mean_.reset(); }
  std::vector<double> state() const { return counted().state(); }
  void restore(std::span<const double> state) { waiting_.clear(), mean_.restore(state); }

 protected:
  explicit MeanMetric(std::string name) : mean_({.name = std::move(name)}) {}

  /// A batch of `values`, whose sum, each times its weight, is `sum`.
  template <class B>
  void add(Later<double> sum, const Shape& values, ConstTensorView<B> weights) {
    const Index count = values.elements();
    if (count == 0) return;
    const double examples = double(values.front());
    const double weight = weights ? ops::sum_of(weights) * examples / double(weights.size()) : examples;
    if (waiting_.size() == most_waiting) counted();
    waiting_.push_back(
        {then(std::move(sum), [=](double total) { return total * examples / double(count); }), weight});
    if (waiting_.back().total.known()) counted();
  }

  /// Throws Error where the weights do not fit the values.
  template <class B>
  void check_weights(ConstTensorView<B> weights, const Shape& values) const {
    if (weights) ops::check_sample_weight(name(), weights.shape, values);
  }

 private:
  struct Batch {
    Later<double> total;
    double weight;
  };
  static constexpr std::size_t most_waiting = 64;

  /// With all batches, for which it waits.
  const Mean& counted() const {
    for (const auto& batch : std::exchange(waiting_, {})) mean_.add(batch.total.get(), batch.weight);
    return mean_;
  }

  mutable Mean mean_;
  mutable std::vector<Batch> waiting_;  ///< whose numbers a GPU works on
};

}  // namespace tanuki
