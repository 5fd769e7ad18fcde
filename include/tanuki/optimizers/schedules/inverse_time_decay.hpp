#pragma once

// initial / (1 + decay_rate · step / decay_steps); a staircase rounds step / decay_steps down.

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct InverseTimeDecayOptions {
  double initial_learning_rate;
  Index decay_steps;
  double decay_rate;
  bool staircase = false;
  std::string name = "InverseTimeDecay";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, InverseTimeDecayOptions& options) {
  field("initial_learning_rate", options.initial_learning_rate);
  field("decay_steps", options.decay_steps);
  field("decay_rate", options.decay_rate);
  field("staircase", options.staircase);
  field("name", options.name);
}

class InverseTimeDecay : public ScheduleBase<InverseTimeDecayOptions> {
 public:
  static std::string_view class_name() { return "InverseTimeDecay"; }

  explicit InverseTimeDecay(InverseTimeDecayOptions options) : ScheduleBase(std::move(options)) {
    check_steps("decay_steps", this->options().decay_steps);
  }

  float operator()(Index step) const {
    float part = float(step) / float(options().decay_steps);
    if (options().staircase) part = std::floor(part);
    return float(options().initial_learning_rate) / (1.0f + float(options().decay_rate) * part);
  }
};

}  // namespace tanuki
