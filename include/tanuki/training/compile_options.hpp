#pragma once

// What compile() takes. A model of one output has a loss and a list of metrics:
//   model.compile({.optimizer = Adam(), .loss = "mse", .metrics = {"accuracy", AUC()}});
// One of several has an entry for each output, in their order; one loss alone stands for all of them:
//   model.compile({.optimizer = Adam(), .loss = {"mse", BinaryCrossentropy()}, .metrics = {"mae", {"accuracy", AUC()}}});
// (keras/src/trainers/compile_utils.py)

#include "tanuki/losses/find.hpp"
#include "tanuki/metrics/find.hpp"
#include "tanuki/optimizers/find.hpp"

namespace tanuki {

/// A loss, or a loss for each output; an empty AnyLoss is none for its output.
template <class B>
class Losses {
 public:
  Losses() = default;
  template <class L>
  requires(!std::same_as<L, Losses> && std::convertible_to<L, AnyLoss<B>>) Losses(L loss)
      : all_{AnyLoss<B>(std::move(loss))} {}
  Losses(std::initializer_list<AnyLoss<B>> losses) : all_(losses) {}
  Losses(std::vector<AnyLoss<B>> losses) : all_(std::move(losses)) {}

  const std::vector<AnyLoss<B>>& all() const { return all_; }
  explicit operator bool() const {
    return std::any_of(all_.begin(), all_.end(), [](const auto& loss) { return bool(loss); });
  }

 private:
  std::vector<AnyLoss<B>> all_;
};

/// A metric, or several for one output.
template <class B>
class MetricList {
 public:
  template <class M>
  requires(!std::same_as<M, MetricList> && std::convertible_to<M, AnyMetric<B>>) MetricList(M metric)
      : all_{AnyMetric<B>(std::move(metric))} {}
  MetricList(std::initializer_list<AnyMetric<B>> metrics) : all_(metrics) {}
  MetricList(std::vector<AnyMetric<B>> metrics) : all_(std::move(metrics)) {}

  const std::vector<AnyMetric<B>>& all() const { return all_; }

 private:
  std::vector<AnyMetric<B>> all_;
};

/// Weights whose path ("xception/block1_conv1/kernel") matches the pattern, see core/glob.hpp, move with the optimizer's
/// learning rate times the factor.
struct LearningRateMultiplier {
  std::string pattern;
  double factor;
};

template <class B = Cpu>
struct CompileOptions {
  AnyOptimizer<B> optimizer;
  Losses<B> loss;
  std::vector<MetricList<B>> metrics = {};
  std::vector<double> loss_weights = {};             ///< of the outputs' losses; empty: all 1
  std::vector<MetricList<B>> weighted_metrics = {};  ///< these heed sample and class weights
  std::vector<LearningRateMultiplier> learning_rate_multipliers =
      {};  ///< of several that match the last one counts
};

}  // namespace tanuki
