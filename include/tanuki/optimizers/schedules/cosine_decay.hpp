#pragma once

// initial · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha), then initial · alpha. With a warmup_target the
// rate first goes from initial to the target in a line of warmup_steps, and falls from there.
// (Loshchilov and Hutter, arXiv:1608.03983)

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct CosineDecayOptions {
  double initial_learning_rate;
  Index decay_steps;  ///< after the warmup
  double alpha = 0;   ///< the least rate, as a part of the highest
  std::string name = "CosineDecay";
  std::optional<double> warmup_target = std::nullopt;
  Index warmup_steps = 0;
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CosineDecayOptions& options) {
  field("initial_learning_rate", options.initial_learning_rate);
  field("decay_steps", options.decay_steps);
  field("alpha", options.alpha);
  field("name", options.name);
  field("warmup_target", options.warmup_target);
  field("warmup_steps", options.warmup_steps);
}

class CosineDecay : public ScheduleBase<CosineDecayOptions> {
 public:
  static std::string_view class_name() { return "CosineDecay"; }

  explicit CosineDecay(CosineDecayOptions options) : ScheduleBase(std::move(options)) {
    check_steps("decay_steps", this->options().decay_steps);
    if (this->options().warmup_steps < 0)
      fail("[", this->options().name, "] warmup_steps is ", this->options().warmup_steps,
           ", expected 0 or more");
  }

  float operator()(Index step) const {
    const float initial = float(options().initial_learning_rate), steps = float(options().decay_steps);
    if (!options().warmup_target) return decayed(initial, std::min(float(step), steps) / steps);
    const float target = float(*options().warmup_target), warmup = float(options().warmup_steps);
    const float done = std::min(float(step), steps + warmup);
    if (done < warmup) return (target - initial) * (done / warmup) + initial;
    return decayed(target, (done - warmup) / steps);
  }

 private:
  float decayed(float from, float fraction) const {
    const float wave = 0.5f * (1.0f + cosine(fraction));
    return from * (float(1 - options().alpha) * wave + float(options().alpha));
  }
};

}  // namespace tanuki
