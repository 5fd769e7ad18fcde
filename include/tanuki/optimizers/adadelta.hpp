#pragma once

// Adadelta with Keras' defaults (keras/src/optimizers/adadelta.py); the formula is in ops/adadelta.hpp. The shared options are in
// optimizers/settings.hpp.

#include "tanuki/ops/adadelta.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct AdadeltaOptions {
  LearningRate learning_rate = 1e-3;
  double rho = 0.95;
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
  std::string name = "adadelta";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdadeltaOptions& options) {
  shared_fields(field, options);
  field("rho", options.rho);
  field("epsilon", options.epsilon);
}

class Adadelta : public OptimizerBase<Adadelta, AdadeltaOptions> {
 public:
  static std::string_view class_name() { return "Adadelta"; }

  explicit Adadelta(AdadeltaOptions options = {}) : OptimizerBase(std::move(options)) {
    check_range("rho", this->options().rho, 1);
    check_not_negative("epsilon", this->options().epsilon);
  }

  std::vector<Slot> slots() const { return {"accumulated_grad", "accumulated_delta_var"}; }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const auto& mine = options();
    const ops::AdadeltaStep numbers{float(mine.rho), float(1 - mine.rho), float(mine.epsilon)};
    ops::AdadeltaKernel<B>::update(steps[0].context, numbers, updates_of(steps));
  }
};

}  // namespace tanuki
