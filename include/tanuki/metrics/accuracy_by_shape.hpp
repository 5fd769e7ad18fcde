#pragma once

// The accuracy that fits the shapes of labels and predictions, what compile() means by "accuracy" and "acc".
// (keras/src/trainers/compile_utils.py: get_metric)

#include "tanuki/losses/crossentropy.hpp"
#include "tanuki/metrics/binary_accuracy.hpp"
#include "tanuki/metrics/categorical_accuracy.hpp"
#include "tanuki/metrics/sparse_categorical_accuracy.hpp"

namespace tanuki {

class AccuracyByShape {
 public:
  static constexpr MetricDirection direction = MetricDirection::up;

  explicit AccuracyByShape(std::string name = "accuracy")
      : binary_({.name = name}), sparse_({.name = name}), categorical_({.name = name}) {}

  const std::string& name() const { return binary_.name(); }
  void check(const Shape& labels, const Shape& predictions) const {
    choose_kind(labels, predictions, binary_, sparse_, categorical_,
                [&](const auto& metric) { metric.check(labels, predictions); });
  }

  template <class B>
  void update(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    choose_kind(labels.shape, predictions.shape, binary_, sparse_, categorical_,
                [&](auto& metric) { metric.update(context, labels, predictions, weights); });
  }

  /// Only one of them has counted.
  double result() const { return binary_.result() + sparse_.result() + categorical_.result(); }
  void reset() { binary_.reset(), sparse_.reset(), categorical_.reset(); }
  std::vector<double> state() const {
    std::vector<double> all;
    for (const auto& one : {binary_.state(), sparse_.state(), categorical_.state()})
      all.insert(all.end(), one.begin(), one.end());
    return all;
  }
  void restore(std::span<const double> state) {
    if (state.size() != 6) fail("[", name(), "] a state of ", state.size(), " numbers was given, expected 6");
    binary_.restore(state.subspan(0, 2)), sparse_.restore(state.subspan(2, 2)),
        categorical_.restore(state.subspan(4, 2));
  }

 private:
  BinaryAccuracy binary_;
  SparseCategoricalAccuracy sparse_;
  CategoricalAccuracy categorical_;
};

}  // namespace tanuki
