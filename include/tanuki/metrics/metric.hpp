#pragma once

// The handle that compile() takes a metric by: AnyMetric<B> holds any class that has the members of
// MetricFor, and any loss (see loss_metric.hpp). It is a value: copies count for themselves. A class whose update()
// takes a fourth argument, ConstTensorView<B> weights (null: all 1), can be a weighted metric. One that has a static `direction`,
// MetricDirection::up or down, can be monitored by a callback that is not told its .mode.

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/metrics/loss_metric.hpp"

namespace tanuki {

template <class M, class B>
concept MetricFor = requires(M& metric, const M& constant, const Shape& shape,
                             std::span<const double> state) {
  { constant.name() } -> std::convertible_to<std::string>;
  constant.check(shape, shape);
  { constant.result() } -> std::convertible_to<double>;
  metric.reset();
  { constant.state() } -> std::convertible_to<std::vector<double>>;
  metric.restore(state);
}
&&(
    requires(M& metric, Context<B>& context, ConstTensorView<B> view) {
      metric.update(context, view, view);
    } ||
    requires(M & metric, Context<B>& context, ConstTensorView<B> view) {
      metric.update(context, view, view, view);
    });

template <class B>
class AnyMetric;

/// The metric of this name, with its defaults; defined in metrics/find.hpp.
template <class B>
AnyMetric<B> find_metric(std::string_view name);

template <class B>
class AnyMetric {
 public:
  template <class M>
  requires(!std::same_as<M, AnyMetric> && MetricFor<M, B>) AnyMetric(M metric)
      : metric_(std::make_unique<Model<M>>(std::move(metric))) {}

  template <class L>
  requires(!std::same_as<L, AnyMetric> && !MetricFor<L, B> && CountsAsMetric<L, B>) AnyMetric(L loss)
      : AnyMetric(LossMetric<L>(std::move(loss))) {}

  /// find_metric(name), which then goes by this name.
  AnyMetric(const char* name) : AnyMetric(find_metric<B>(name)) { this->name(name); }
  AnyMetric(const std::string& name) : AnyMetric(name.c_str()) {}

  AnyMetric(const AnyMetric& other) : metric_(other.metric_->clone()), name_(other.name_) {}
  AnyMetric(AnyMetric&&) noexcept = default;
  AnyMetric& operator=(AnyMetric other) noexcept {
    metric_ = std::move(other.metric_);
    name_ = std::move(other.name_);
    return *this;
  }

  /// The key in a History: "binary_accuracy".
  std::string name() const { return name_.empty() ? metric_->name() : name_; }
  void name(std::string name) { name_ = std::move(name); }

  /// Throws Error where labels of one example do not fit its predictions.
  void check(const Shape& labels, const Shape& predictions) const { metric_->check(labels, predictions); }

  /// Counts a batch in. Throws Error where the labels or weights do not fit, or the metric takes no weights.
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    metric_->update(context, labels, predictions, weights);
  }
  /// Over everything since the last reset().
  double result() const { return metric_->result(); }
  void reset() { metric_->reset(); }

  /// The counts, for a checkpoint in the middle of an epoch.
  std::vector<double> state() const { return metric_->state(); }
  void restore(std::span<const double> state) { metric_->restore(state); }

  /// Where it draws the line between yes and no, if it does.
  std::optional<double> threshold() const { return metric_->threshold(); }

  /// Which way it goes as the model gets better, if it says so.
  MetricDirection direction() const { return metric_->direction(); }

  /// The metric itself if it is an M, else null.
  template <class M>
  const M* get() const {
    const auto* model = dynamic_cast<const Model<M>*>(metric_.get());
    return model ? &model->metric : nullptr;
  }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::unique_ptr<Concept> clone() const = 0;
    virtual std::string name() const = 0;
    virtual void check(const Shape& labels, const Shape& predictions) const = 0;
    virtual void update(Context<B>&, ConstTensorView<B>, ConstTensorView<B>, ConstTensorView<B>) = 0;
    virtual double result() const = 0;
    virtual void reset() = 0;
    virtual std::vector<double> state() const = 0;
    virtual void restore(std::span<const double> state) = 0;
    virtual std::optional<double> threshold() const = 0;
    virtual MetricDirection direction() const = 0;
  };

  template <class M>
  struct Model final : Concept {
    explicit Model(M value) : metric(std::move(value)) {}
    std::unique_ptr<Concept> clone() const override { return std::make_unique<Model>(*this); }
    std::string name() const override { return metric.name(); }
    void check(const Shape& labels, const Shape& predictions) const override {
      metric.check(labels, predictions);
    }
    void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                ConstTensorView<B> weights) override {
      if constexpr (requires { metric.update(context, labels, predictions, weights); }) {
        metric.update(context, labels, predictions, weights);
      } else {
        if (weights) fail("[", name(), "] this metric takes no sample weights");
        metric.update(context, labels, predictions);
      }
    }
    double result() const override { return metric.result(); }
    void reset() override { metric.reset(); }
    std::vector<double> state() const override { return metric.state(); }
    void restore(std::span<const double> state) override { metric.restore(state); }
    std::optional<double> threshold() const override {
      if constexpr (requires { metric.threshold(); }) return metric.threshold();
      return std::nullopt;
    }
    MetricDirection direction() const override {
      if constexpr (requires { M::direction; }) return M::direction;
      return MetricDirection::unknown;
    }
    M metric;
  };

  std::unique_ptr<Concept> metric_;
  std::string name_;  ///< empty: the metric's own
};

}  // namespace tanuki
