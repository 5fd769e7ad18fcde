#pragma once

// Nadam with Keras' defaults (keras/src/optimizers/nadam.py); the formula is in ops/nadam.hpp. The shared options are in
// optimizers/settings.hpp.

#include "tanuki/ops/nadam.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/optimizers/optimizer_base.hpp"

namespace tanuki {

struct NadamOptions {
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
  std::string name = "nadam";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, NadamOptions& options) {
  shared_fields(field, options);
  field("beta_1", options.beta_1);
  field("beta_2", options.beta_2);
  field("epsilon", options.epsilon);
}

class Nadam : public OptimizerBase<Nadam, NadamOptions> {
 public:
  static std::string_view class_name() { return "Nadam"; }

  explicit Nadam(NadamOptions options = {}) : OptimizerBase(std::move(options)) {
    check_beta(this->options().beta_1);
    check_beta(this->options().beta_2);
    check_not_negative("epsilon", this->options().epsilon);
  }

  std::vector<Slot> slots() const { return {"momentum", "velocity"}; }

  /// The product of the u of all steps.
  std::vector<Slot> shared_slots() const { return {Slot("u_product", 1)}; }
  void begin(Index iteration, std::span<float> shared) const {
    shared[0] = shared[0] * float(options().beta_1) * decay(iteration);
  }

  template <class B>
  void update_all(std::span<const OptimizerStep<B>> steps) const {
    const auto& mine = options();
    const Index iteration = steps[0].iteration;
    const float product = steps[0].shared[0], next = u(iteration + 1);
    const ops::NadamStep numbers{1.0f - float(mine.beta_1),
                                 1.0f - float(mine.beta_2),
                                 next,
                                 1.0f - product * next,
                                 1.0f - u(iteration),
                                 1.0f - product,
                                 1.0f - power(mine.beta_2, iteration),
                                 float(mine.epsilon)};
    ops::NadamKernel<B>::update(steps[0].context, numbers, updates_of(steps));
  }

 private:
  static float decay(Index t) { return 1.0f - 0.5f * power(0.96, t); }
  float u(Index t) const { return float(options().beta_1) * decay(t); }
};

}  // namespace tanuki
