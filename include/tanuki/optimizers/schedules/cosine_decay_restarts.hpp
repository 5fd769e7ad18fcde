#pragma once

// Half a cosine wave from initial to initial · alpha, again and again: the first over first_decay_steps, each next one
// t_mul times as long and m_mul times as high. (Loshchilov and Hutter, arXiv:1608.03983)

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct CosineDecayRestartsOptions {
  double initial_learning_rate;
  Index first_decay_steps;
  double t_mul = 2;
  double m_mul = 1;
  double alpha = 0;
  std::string name = "SGDRDecay";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CosineDecayRestartsOptions& options) {
  field("initial_learning_rate", options.initial_learning_rate);
  field("first_decay_steps", options.first_decay_steps);
  field("t_mul", options.t_mul);
  field("m_mul", options.m_mul);
  field("alpha", options.alpha);
  field("name", options.name);
}

class CosineDecayRestarts : public ScheduleBase<CosineDecayRestartsOptions> {
 public:
  static std::string_view class_name() { return "CosineDecayRestarts"; }

  explicit CosineDecayRestarts(CosineDecayRestartsOptions options) : ScheduleBase(std::move(options)) {
    const auto& mine = this->options();
    check_steps("first_decay_steps", mine.first_decay_steps);
    if (!(mine.t_mul > 0)) fail("[", mine.name, "] t_mul is ", mine.t_mul, ", expected more than 0");
  }

  float operator()(Index step) const {
    const float longer = float(options().t_mul), alpha = float(options().alpha);
    float fraction = float(step) / float(options().first_decay_steps), restarts;
    if (longer == 1.0f) {
      restarts = std::floor(fraction);
      fraction -= restarts;
    } else {
      restarts = std::floor(std::log(1.0f - fraction * (1.0f - longer)) / std::log(longer));
      const float length = power(longer, restarts);
      fraction = (fraction - (1.0f - length) / (1.0f - longer)) / length;
    }
    const float wave = 0.5f * power(float(options().m_mul), restarts) * (1.0f + cosine(fraction));
    return float(options().initial_learning_rate) * ((1.0f - alpha) * wave + alpha);
  }
};

}  // namespace tanuki
