#pragma once

// initial · decay_rate ^ (step / decay_steps); a staircase rounds the exponent down.

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct ExponentialDecayOptions {
  double initial_learning_rate;
  Index decay_steps;
  double decay_rate;
  bool staircase = false;
  std::string name = "ExponentialDecay";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, ExponentialDecayOptions& options) {
  field("initial_learning_rate", options.initial_learning_rate);
  field("decay_steps", options.decay_steps);
  field("decay_rate", options.decay_rate);
  field("staircase", options.staircase);
  field("name", options.name);
}

class ExponentialDecay : public ScheduleBase<ExponentialDecayOptions> {
 public:
  static std::string_view class_name() { return "ExponentialDecay"; }

  explicit ExponentialDecay(ExponentialDecayOptions options) : ScheduleBase(std::move(options)) {
    check_steps("decay_steps", this->options().decay_steps);
  }

  float operator()(Index step) const {
    float exponent = float(step) / float(options().decay_steps);
    if (options().staircase) exponent = std::floor(exponent);
    return float(options().initial_learning_rate) * power(float(options().decay_rate), exponent);
  }
};

}  // namespace tanuki
