#pragma once

// (initial - end) · (1 - step / decay_steps) ^ power + end, and then end. With a cycle it starts anew instead, each time
// over a multiple of decay_steps.

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct PolynomialDecayOptions {
  double initial_learning_rate;
  Index decay_steps;
  double end_learning_rate = 0.0001;
  double power = 1;
  bool cycle = false;
  std::string name = "PolynomialDecay";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, PolynomialDecayOptions& options) {
  field("initial_learning_rate", options.initial_learning_rate);
  field("decay_steps", options.decay_steps);
  field("end_learning_rate", options.end_learning_rate);
  field("power", options.power);
  field("cycle", options.cycle);
  field("name", options.name);
}

class PolynomialDecay : public ScheduleBase<PolynomialDecayOptions> {
 public:
  static std::string_view class_name() { return "PolynomialDecay"; }

  explicit PolynomialDecay(PolynomialDecayOptions options) : ScheduleBase(std::move(options)) {
    check_steps("decay_steps", this->options().decay_steps);
  }

  float operator()(Index step) const {
    float done = float(step), steps = float(options().decay_steps);
    if (options().cycle) {
      steps *= step == 0 ? 1.0f : std::ceil(done / steps);
    } else {
      done = std::min(done, steps);
    }
    const float first = float(options().initial_learning_rate), last = float(options().end_learning_rate);
    return (first - last) * power(1.0f - done / steps, float(options().power)) + last;
  }
};

}  // namespace tanuki
