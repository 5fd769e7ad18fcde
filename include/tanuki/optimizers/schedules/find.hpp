#pragma once

// All of Keras' learning-rate schedules, for who reads and writes their configs.

#include "tanuki/optimizers/schedules/cosine_decay.hpp"
#include "tanuki/optimizers/schedules/cosine_decay_restarts.hpp"
#include "tanuki/optimizers/schedules/exponential_decay.hpp"
#include "tanuki/optimizers/schedules/inverse_time_decay.hpp"
#include "tanuki/optimizers/schedules/piecewise_constant_decay.hpp"
#include "tanuki/optimizers/schedules/polynomial_decay.hpp"

namespace tanuki {

/// visit.template operator()<S>() for every schedule class S. Each has S::class_name(), S::Options with fields(), an
/// explicit constructor from it, and options().
template <class Visit>
void each_schedule(Visit&& visit) {
  visit.template operator()<CosineDecay>();
  visit.template operator()<CosineDecayRestarts>();
  visit.template operator()<ExponentialDecay>();
  visit.template operator()<InverseTimeDecay>();
  visit.template operator()<PiecewiseConstantDecay>();
  visit.template operator()<PolynomialDecay>();
}

}  // namespace tanuki
