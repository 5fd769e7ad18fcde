#pragma once

// What Keras' schedules share. A derived class adds class_name(), its options, and the rate of a step in Keras' float32
// (keras/src/optimizers/schedules/learning_rate_schedule.py).

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "tanuki/core/shape.hpp"

namespace tanuki {

template <class OptionsType>
class ScheduleBase {
 public:
  using Options = OptionsType;
  const Options& options() const { return options_; }

 protected:
  explicit ScheduleBase(Options options) : options_(std::move(options)) {}

  void check_steps(const char* option, Index steps) const {
    if (steps < 1) fail("[", options_.name, "] ", option, " is ", steps, ", expected at least 1");
  }

  /// Rounded once.
  static float power(float base, float exponent) { return float(std::pow(double(base), double(exponent))); }
  static float cosine(float fraction) { return float(std::cos(double(pi * fraction))); }

 private:
  static constexpr float pi = 3.14159265f;
  Options options_;
};

}  // namespace tanuki
