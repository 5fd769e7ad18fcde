#pragma once

// What Keras' rules share.

#include "tanuki/ops/weight_update.hpp"
#include "tanuki/optimizers/rule.hpp"

namespace tanuki {

/// A derived class, Rule, adds class_name(), slots(), update_all() and its checks.
template <class Rule, class OptionsType>
class OptimizerBase {
 public:
  using Options = OptionsType;

  const Options& options() const { return options_; }
  std::string name() const { return options_.name; }
  LearningRate learning_rate() const { return options_.learning_rate; }
  OptimizerSettings settings() const { return settings_of(options_); }

  template <class B>
  void update(const OptimizerStep<B>& step) const {
    static_cast<const Rule&>(*this).update_all(std::span(&step, 1));
  }

 protected:
  explicit OptimizerBase(Options options) : options_(std::move(options)) {
    check_settings(options_.name, settings());
  }

  void check_beta(double beta) const {
    if (!(beta >= 0 && beta < 1)) fail("[", name(), "] a beta is ", beta, ", expected 0 to below 1");
  }
  void check_range(const char* option, double value, double most) const {
    if (!(value >= 0 && value <= most))
      fail("[", name(), "] ", option, " is ", value, ", expected 0 to ", most);
  }
  void check_not_negative(const char* option, double value) const {
    if (!(value >= 0)) fail("[", name(), "] ", option, " is ", value, ", expected 0 or more");
  }

  /// As the kernels take them: the slots in the order of slots().
  template <class B>
  static std::vector<ops::WeightUpdate<B>> updates_of(std::span<const OptimizerStep<B>> steps) {
    std::vector<ops::WeightUpdate<B>> all;
    for (const auto& step : steps) {
      auto& of = all.emplace_back(ops::WeightUpdate<B>{step.weight.size(), float(step.learning_rate),
                                                       step.weight.data, step.gradient.data});
      if (step.slots.size() > of.slots.size())
        fail("[optimizer] ", step.slots.size(), " slots, expected at most ", of.slots.size());
      for (std::size_t i = 0; i < step.slots.size(); ++i) of.slots[i] = step.slots[i].data();
    }
    return all;
  }

  /// βᵗ rounded where Keras rounds: in the first steps that is five digits of 1 - β2ᵗ.
  static float power(double beta, Index t) { return float(std::pow(double(float(beta)), double(t))); }

 private:
  Options options_;
};

}  // namespace tanuki
