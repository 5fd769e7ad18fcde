#pragma once

// A loss as a metric: the mean of the batches' losses, weighted by their size. Keras' metrics MeanSquaredError,
// Hinge, BinaryCrossentropy … are these. (keras/src/metrics/regression_metrics.py and its neighbours)

#include <concepts>

#include "tanuki/metrics/direction.hpp"
#include "tanuki/metrics/mean_metric.hpp"

namespace tanuki {

template <class L, class B>
concept CountsAsMetric = requires(const L& loss, const Shape& shape) {
  { loss.name() } -> std::convertible_to<std::string>;
  loss.check(shape, shape);
}
&&(
    requires(const L& loss, Context<B>& context, ConstTensorView<B> view) {
      { loss(context, view, view, TensorView<B>{}) } -> std::convertible_to<double>;
    } ||
    requires(const L& loss, Context<B>& context, ConstTensorView<B> view) {
      { loss(context, view, view, TensorView<B>{}, view) } -> std::convertible_to<double>;
    });

template <class Loss>
class LossMetric : public MeanMetric {
 public:
  explicit LossMetric(Loss loss) : LossMetric(std::move(loss), {}) {}
  /// Under another name.
  LossMetric(Loss loss, const std::string& name)
      : MeanMetric(name.empty() ? loss.name() : name), loss_(std::move(loss)) {}

  static std::string_view class_name() requires requires { Loss::class_name(); }
  { return Loss::class_name(); }
  static constexpr MetricDirection direction = requires { Loss::class_name(); }
  ? MetricDirection::down : MetricDirection::unknown;
  const Loss& loss() const { return loss_; }

  void check(const Shape& labels, const Shape& predictions) const { loss_.check(labels, predictions); }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    const Shape values = ops::rows_of(predictions.shape);
    double loss;
    if constexpr (requires { loss_(context, labels, predictions, TensorView<B>{}, weights); }) {
      loss = double(loss_(context, labels, predictions, TensorView<B>{}, weights));
    } else {
      if (weights) fail("[", name(), "] this loss takes no sample weights");
      loss = double(loss_(context, labels, predictions, TensorView<B>{}));
    }
    add(loss * double(values.elements()), values, weights);
  }

 private:
  Loss loss_;
};

}  // namespace tanuki
