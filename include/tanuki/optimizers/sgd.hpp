#pragma once

// Stochastic gradient descent with Keras' defaults (keras/src/optimizers/sgd.py); the formula is in ops/sgd.hpp. The
// shared options are in optimizers/settings.hpp.

#include "tanuki/ops/sgd.hpp"
#include "tanuki/optimizers/optimizer.hpp"

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

class SGD : public OptimizerBase<SGDOptions> {
 public:
  static std::string_view class_name() { return "SGD"; }

  explicit SGD(SGDOptions options = {}) : OptimizerBase(std::move(options)) {
    check_range("momentum", this->options().momentum, 1);
  }

  std::vector<Slot> slots() const {
    return options().momentum != 0 ? std::vector<Slot>{"momentum"} : std::vector<Slot>{};
  }

  template <class B>
  void update(const OptimizerStep<B>& step) const {
    const auto of = numbers(step);
    ops::SgdKernel<B>::update(step.context, of.step, of.weight, of.gradient, of.momentum);
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const requires
      requires(Context<B>& context, std::span<const ops::SgdUpdate<B>> all) {
    ops::SgdKernel<B>::update_all(context, all);
  }
  {
    std::vector<ops::SgdUpdate<B>> all;
    for (const auto& step : steps) all.push_back(numbers(step));
    if (!steps.empty())
      ops::SgdKernel<B>::update_all(steps[0].context, std::span<const ops::SgdUpdate<B>>(all));
  }

 private:
  template <class B>
  ops::SgdUpdate<B> numbers(const OptimizerStep<B>& step) const {
    return {{float(step.learning_rate), float(options().momentum), options().nesterov},
            step.weight,
            step.gradient,
            step.slots.empty() ? TensorView<B>{} : step.slots[0].view()};
  }
};

}  // namespace tanuki
