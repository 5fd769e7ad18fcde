#pragma once

// Sets the learning rate of each epoch: LearningRateScheduler({.schedule = [](Index epoch, double rate) { … }}).
// A rate for each step is an optimizer's schedule (optimizers/schedules). (keras/src/callbacks/learning_rate_scheduler.py)

#include <cmath>
#include <functional>
#include <iostream>

#include "tanuki/core/format.hpp"
#include "tanuki/training/callback.hpp"

namespace tanuki {

struct LearningRateSchedulerOptions {
  /// The rate of an epoch, counted from 0, from the rate of now. It depends on these alone if training that is resumed is
  /// to go on as it would have.
  std::function<double(Index epoch, double learning_rate)> schedule = {};
  bool verbose = false;
  std::ostream* output = nullptr;  ///< for messages; null: std::cout
};

/// The rate is a float32, as in Keras. One that follows a schedule of the optimizer cannot be set: fit() then throws Error.
class LearningRateScheduler final : public Callback {
 public:
  using Options = LearningRateSchedulerOptions;

  /// Throws Error without a schedule.
  explicit LearningRateScheduler(LearningRateSchedulerOptions options) : options_(std::move(options)) {
    if (!options_.schedule) fail("[learning_rate_scheduler] no schedule was given");
  }

  void on_epoch_begin(Index epoch) override {
    const double rate = options_.schedule(epoch, double(float(model().learning_rate())));
    if (!(rate >= 0 && std::isfinite(rate)))
      fail("[learning_rate_scheduler] schedule gives ", rate, " for epoch ", epoch,
           ", expected a number of 0 or more");
    model().learning_rate(double(float(rate)));
    if (!options_.verbose) return;
    (options_.output ? *options_.output : std::cout)
        << "\nEpoch " << epoch + 1 << ": LearningRateScheduler setting learning rate to " << shortest(rate)
        << '.' << std::endl;
  }

  /// The rate of the epoch.
  void add_to_logs(Logs& logs) const override {
    logs.set("learning_rate", double(float(model().learning_rate())));
  }

 private:
  LearningRateSchedulerOptions options_;
};

}  // namespace tanuki
