#pragma once

// RMSprop with Keras' defaults (keras/src/optimizers/rmsprop.py); the formula is in ops/rmsprop.hpp. The shared options are in
// optimizers/settings.hpp.

#include "tanuki/ops/rmsprop.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct RMSpropOptions {
  LearningRate learning_rate = 1e-3;
  double rho = 0.9;
  double momentum = 0;
  double epsilon = 1e-7;
  bool centered = false;  ///< divides by the gradients' spread about their mean
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
  std::string name = "rm_sprop";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RMSpropOptions& options) {
  shared_fields(field, options);
  field("rho", options.rho);
  field("momentum", options.momentum);
  field("epsilon", options.epsilon);
  field("centered", options.centered);
}

class RMSprop : public OptimizerBase<RMSprop, RMSpropOptions> {
 public:
  static std::string_view class_name() { return "RMSprop"; }

  explicit RMSprop(RMSpropOptions options = {}) : OptimizerBase(std::move(options)) {
    check_range("rho", this->options().rho, 1);
    check_not_negative("momentum", this->options().momentum);
    check_not_negative("epsilon", this->options().epsilon);
  }

  std::vector<Slot> slots() const {
    std::vector<Slot> slots{"velocity"};
    if (options().momentum > 0) slots.emplace_back("momentum", 0.0f, true);
    if (options().centered) slots.emplace_back("average_gradient", 0.0f, true);
    return slots;
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const auto& mine = options();
    auto updates = updates_of(steps);
    if (!(mine.momentum > 0)) {
      for (auto& of : updates) std::swap(of.slots[1], of.slots[2]);  // the average's place is the third
    }
    const ops::RmspropStep numbers{float(mine.rho), float(1 - mine.rho), float(mine.epsilon),
                                   float(mine.momentum)};
    ops::RmspropKernel<B>::update(steps[0].context, numbers, updates);
  }
};

}  // namespace tanuki
