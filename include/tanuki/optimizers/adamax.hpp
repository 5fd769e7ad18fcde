#pragma once

// Adamax with Keras' defaults (keras/src/optimizers/adamax.py); the formula is in ops/adamax.hpp. The shared options are in
// optimizers/settings.hpp.

#include "tanuki/ops/adamax.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct AdamaxOptions {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
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
  std::string name = "adamax";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdamaxOptions& options) {
  shared_fields(field, options);
  field("beta_1", options.beta_1);
  field("beta_2", options.beta_2);
  field("epsilon", options.epsilon);
}

class Adamax : public OptimizerBase<Adamax, AdamaxOptions> {
 public:
  static std::string_view class_name() { return "Adamax"; }

  explicit Adamax(AdamaxOptions options = {}) : OptimizerBase(std::move(options)) {
    check_beta(this->options().beta_1);
    check_beta(this->options().beta_2);
    check_not_negative("epsilon", this->options().epsilon);
  }

  std::vector<Slot> slots() const { return {"momentum", "norm"}; }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const auto& mine = options();
    const ops::AdamaxStep numbers{float(1 - mine.beta_1), float(mine.beta_2),
                                  1.0f - power(mine.beta_1, steps[0].iteration), float(mine.epsilon)};
    ops::AdamaxKernel<B>::update(steps[0].context, numbers, updates_of(steps));
  }
};

}  // namespace tanuki
