#pragma once

// Stochastic gradient descent with Keras' defaults (keras/src/optimizers/sgd.py); the formula is in ops/sgd.hpp. The
// shared options are in optimizers/settings.hpp.

#include "tanuki/ops/sgd.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct SGDOptions {
  LearningRate learning_rate = 0.01;
  double momentum = 0;
  bool nesterov = false;  ///< looks ahead; only with momentum
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
  std::string name = "sgd";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, SGDOptions& options) {
  shared_fields(field, options);
  field("momentum", options.momentum);
  field("nesterov", options.nesterov);
}

class SGD : public OptimizerBase<SGD, SGDOptions> {
 public:
  static std::string_view class_name() { return "SGD"; }

  explicit SGD(SGDOptions options = {}) : OptimizerBase(std::move(options)) {
    check_range("momentum", this->options().momentum, 1);
  }

  std::vector<Slot> slots() const {
    return options().momentum != 0 ? std::vector<Slot>{"momentum"} : std::vector<Slot>{};
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const ops::SgdStep numbers{float(options().momentum), options().nesterov};
    ops::SgdKernel<B>::update(steps[0].context, numbers, updates_of(steps));
  }
};

}  // namespace tanuki
