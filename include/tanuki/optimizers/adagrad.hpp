#pragma once

// Adagrad with Keras' defaults (keras/src/optimizers/adagrad.py); the formula is in ops/adagrad.hpp. The shared options are in
// optimizers/settings.hpp.

#include "tanuki/ops/adagrad.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct AdagradOptions {
  LearningRate learning_rate = 1e-3;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = std::nullopt;
  std::optional<double> clipnorm = std::nullopt;
  std::optional<double> clipvalue = std::nullopt;
  std::optional<double> global_clipnorm = std::nullopt;
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<Index> ema_overwrite_frequency = std::nullopt;
  std::optional<double> loss_scale_factor = std::nullopt;
  std::optional<Index> gradient_accumulation_steps = std::nullopt;
  std::vector<std::string> exclude_from_weight_decay = {};
  std::string name = "adagrad";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdagradOptions& options) {
  shared_fields(field, options);
  field("initial_accumulator_value", options.initial_accumulator_value);
  field("epsilon", options.epsilon);
}

class Adagrad : public OptimizerBase<Adagrad, AdagradOptions> {
 public:
  static std::string_view class_name() { return "Adagrad"; }

  explicit Adagrad(AdagradOptions options = {}) : OptimizerBase(std::move(options)) {
    check_not_negative("initial_accumulator_value", this->options().initial_accumulator_value);
    check_not_negative("epsilon", this->options().epsilon);
  }

  std::vector<Slot> slots() const {
    return {Slot("accumulator", float(options().initial_accumulator_value))};
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    ops::AdagradKernel<B>::update(steps[0].context, {float(options().epsilon)}, updates_of(steps));
  }
};

}  // namespace tanuki
