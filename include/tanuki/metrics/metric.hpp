#pragma once

// The handle that compile() takes a metric by: AnyMetric<B> holds any class that has the members of
// MetricFor, and any loss (then it is the mean of the batches' losses, weighted by their size). It is a
// value: copies count for themselves.

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/metrics/mean.hpp"

namespace tanuki {

template <class M, class B>
concept MetricFor = requires(M& metric, const M& constant, const Shape& shape, Context<B>& context,
                             ConstTensorView<B> labels, ConstTensorView<B> predictions,
                             std::span<const double> state) {
  { constant.name() } -> std::convertible_to<std::string>;
  constant.check(shape, shape);
  metric.update(context, labels, predictions);
  { constant.result() } -> std::convertible_to<double>;
  metric.reset();
  { constant.state() } -> std::convertible_to<std::vector<double>>;
  metric.restore(state);
};

/// What a metric that is a mean derives from: it adds name(), check() and update().
class MeanMetric {
 public:
  const std::string& name() const { return mean_.name(); }
  double result() const { return mean_.result(); }
  void reset() { mean_.reset(); }
  std::vector<double> state() const { return mean_.state(); }
  void restore(std::span<const double> state) { mean_.restore(state); }

 protected:
  explicit MeanMetric(std::string name) : mean_({.name = std::move(name)}) {}

  void add_matches(Index matches, Index count) {
    if (count) mean_.update(double(matches) / double(count), double(count));
  }

  Mean mean_;
};

template <class L, class B>
concept CountsAsMetric = requires(const L& loss, const Shape& shape, Context<B>& context,
                                  ConstTensorView<B> labels, ConstTensorView<B> predictions) {
  { loss.name() } -> std::convertible_to<std::string>;
  loss.check(shape, shape);
  { loss(context, labels, predictions, TensorView<B>{}) } -> std::convertible_to<double>;
};

/// A loss as a metric.
template <class Loss>
class LossMetric : public MeanMetric {
 public:
  explicit LossMetric(Loss loss) : MeanMetric(loss.name()), loss_(std::move(loss)) {}

  void check(const Shape& labels, const Shape& predictions) const { loss_.check(labels, predictions); }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) {
    mean_.update(double(loss_(context, labels, predictions, TensorView<B>{})),
                 double(predictions.shape.front()));
  }

 private:
  Loss loss_;
};

template <class B>
class AnyMetric {
 public:
  template <class M>
  requires(!std::same_as<M, AnyMetric> && MetricFor<M, B>) AnyMetric(M metric)
      : metric_(std::make_unique<Model<M>>(std::move(metric))) {}

  template <class L>
  requires(!std::same_as<L, AnyMetric> && !MetricFor<L, B> && CountsAsMetric<L, B>) AnyMetric(L loss)
      : AnyMetric(LossMetric<L>(std::move(loss))) {}

  AnyMetric(const AnyMetric& other) : metric_(other.metric_->clone()) {}
  AnyMetric(AnyMetric&&) noexcept = default;
  AnyMetric& operator=(AnyMetric other) noexcept {
    metric_ = std::move(other.metric_);
    return *this;
  }

  /// The key in a History: "binary_accuracy".
  std::string name() const { return metric_->name(); }

  /// Throws Error where labels of one example do not fit its predictions.
  void check(const Shape& labels, const Shape& predictions) const { metric_->check(labels, predictions); }

  /// Counts a batch in. Throws Error where the labels do not fit.
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) {
    metric_->update(context, labels, predictions);
  }
  /// Over everything since the last reset().
  double result() const { return metric_->result(); }
  void reset() { metric_->reset(); }

  /// The counts, for a checkpoint in the middle of an epoch.
  std::vector<double> state() const { return metric_->state(); }
  void restore(std::span<const double> state) { metric_->restore(state); }

  /// Where it draws the line between yes and no, if it does.
  std::optional<double> threshold() const { return metric_->threshold(); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::unique_ptr<Concept> clone() const = 0;
    virtual std::string name() const = 0;
    virtual void check(const Shape& labels, const Shape& predictions) const = 0;
    virtual void update(Context<B>&, ConstTensorView<B>, ConstTensorView<B>) = 0;
    virtual double result() const = 0;
    virtual void reset() = 0;
    virtual std::vector<double> state() const = 0;
    virtual void restore(std::span<const double> state) = 0;
    virtual std::optional<double> threshold() const = 0;
  };

  template <class M>
  struct Model final : Concept {
    explicit Model(M value) : metric(std::move(value)) {}
    std::unique_ptr<Concept> clone() const override { return std::make_unique<Model>(*this); }
    std::string name() const override { return metric.name(); }
    void check(const Shape& labels, const Shape& predictions) const override {
      metric.check(labels, predictions);
    }
    void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions) override {
      metric.update(context, labels, predictions);
    }
    double result() const override { return metric.result(); }
    void reset() override { metric.reset(); }
    std::vector<double> state() const override { return metric.state(); }
    void restore(std::span<const double> state) override { metric.restore(state); }
    std::optional<double> threshold() const override {
      if constexpr (requires { metric.threshold(); }) return metric.threshold();
      return std::nullopt;
    }
    M metric;
  };

  std::unique_ptr<Concept> metric_;
};

}  // namespace tanuki
