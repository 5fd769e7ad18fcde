#pragma once

// Adam and AdamW with Keras' defaults, in Keras' float32 (keras/src/optimizers/adam.py, adamw.py); the formula is in
// ops/adam.hpp. The shared options are in optimizers/settings.hpp.

#include "tanuki/ops/adam.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct AdamOptions {
  LearningRate learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;  ///< divides by the largest velocity so far
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
  std::string name = "adam";
};

struct AdamWOptions {
  LearningRate learning_rate = 1e-3;
  std::optional<double> weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> clipnorm = std::nullopt;
  std::optional<double> clipvalue = std::nullopt;
  std::optional<double> global_clipnorm = std::nullopt;
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<Index> ema_overwrite_frequency = std::nullopt;
  std::optional<double> loss_scale_factor = std::nullopt;
  std::optional<Index> gradient_accumulation_steps = std::nullopt;
  std::vector<std::string> exclude_from_weight_decay = {};
  std::string name = "adam_w";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdamOptions& options) {
  shared_fields(field, options);
  field("beta_1", options.beta_1);
  field("beta_2", options.beta_2);
  field("epsilon", options.epsilon);
  field("amsgrad", options.amsgrad);
}

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, AdamWOptions& options) {
  shared_fields(field, options);
  field("beta_1", options.beta_1);
  field("beta_2", options.beta_2);
  field("epsilon", options.epsilon);
  field("amsgrad", options.amsgrad);
}

template <class Options>
class AdamBase : public OptimizerBase<AdamBase<Options>, Options> {
  using Base = OptimizerBase<AdamBase<Options>, Options>;

 public:
  std::vector<Slot> slots() const {
    std::vector<Slot> slots{"momentum", "velocity"};
    if (this->options().amsgrad) slots.emplace_back("velocity_hat", 0.0f, true);
    return slots;
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const auto& mine = this->options();
    const Index iteration = steps[0].iteration;
    auto updates = this->updates_of(steps);
    const float root = std::sqrt(1.0f - this->power(mine.beta_2, iteration));
    const float divisor = 1.0f - this->power(mine.beta_1, iteration);
    for (auto& of : updates) of.rate = of.rate * root / divisor;
    const ops::AdamStep numbers{float(1 - mine.beta_1), float(1 - mine.beta_2), float(mine.epsilon)};
    ops::AdamKernel<B>::update(steps[0].context, numbers, updates);
  }

 protected:
  explicit AdamBase(Options options) : Base(std::move(options)) {
    this->check_beta(this->options().beta_1);
    this->check_beta(this->options().beta_2);
    this->check_not_negative("epsilon", this->options().epsilon);
  }
};

class Adam : public AdamBase<AdamOptions> {
 public:
  static std::string_view class_name() { return "Adam"; }
  explicit Adam(AdamOptions options = {}) : AdamBase(std::move(options)) {}
};

/// Adam with weight decay.
class AdamW : public AdamBase<AdamWOptions> {
 public:
  static std::string_view class_name() { return "AdamW"; }
  explicit AdamW(AdamWOptions options = {}) : AdamBase(std::move(options)) {
    if (!this->options().weight_decay) fail("[", name(), "] weight_decay is none, expected a number");
  }
};

}  // namespace tanuki
