#pragma once

// What a callback that watches a number of the logs derives from: it says what is better, and warns where the number is
// missing. (keras/src/callbacks/monitor_callback.py)

#include <cmath>
#include <iostream>
#include <optional>

#include "tanuki/training/callback.hpp"

namespace tanuki {

class MonitorCallback : public Callback {
 protected:
  struct Watching {
    std::string callback;  ///< in messages: "early_stopping"
    std::string monitor;
    std::string mode;
    double min_delta;
    std::ostream* output;
  };

  /// Throws Error for a mode or a min_delta that there is not.
  explicit MonitorCallback(Watching watching) : watching_(std::move(watching)) {
    const auto& [callback, monitor, mode, min_delta, output] = watching_;
    if (mode != "auto" && mode != "min" && mode != "max")
      fail("[", callback, "] mode is '", mode, "', expected auto, min or max");
    if (monitor.empty()) fail("[", callback, "] monitor is empty, expected a name in the logs");
    if (!std::isfinite(min_delta)) fail("[", callback, "] min_delta is ", min_delta, ", expected a number");
  }

  const std::string& name() const { return watching_.callback; }
  const std::string& monitor() const { return watching_.monitor; }
  std::ostream& out() const { return watching_.output ? *watching_.output : std::cout; }

  /// Throws Error for a number below 0.
  void expect_not_negative(const char* option, Index value) const {
    if (value < 0) fail("[", name(), "] ", option, " is ", value, ", expected 0 or more");
  }

  /// Null where the logs have no such number; see warn_of_missing().
  std::optional<double> monitored(const Logs& logs) const {
    const double* const number = logs.find(monitor());
    return number ? std::optional(*number) : std::nullopt;
  }

  /// The first time: `text`, and what there is.
  void warn_of_missing(const std::string& text, const Logs& logs) {
    if (std::exchange(warned_, true)) return;
    std::string keys;
    for (const auto& log : logs) keys += (keys.empty() ? "" : ", ") + log.first;
    out() << "Warning: [" << name() << "] " << text << ". Available metrics are: " << keys << std::endl;
  }

  /// By more than min_delta, compared in float32 as Keras does; anything is better than nothing, and no number than none.
  bool is_improvement(double value, const std::optional<double>& reference) {
    const double delta = std::abs(watching_.min_delta);
    const bool up = goes_up();
    if (!reference) return true;
    return up ? float(value - delta) > float(*reference) : float(value + delta) < float(*reference);
  }

  /// Throws Error where mode is auto and the model cannot tell.
  bool goes_up() {
    if (direction_ == MetricDirection::unknown) {
      direction_ = watching_.mode == "min"   ? MetricDirection::down
                   : watching_.mode == "max" ? MetricDirection::up
                                             : direction_of_metric();
    }
    return direction_ == MetricDirection::up;
  }

 private:
  MetricDirection direction_of_metric() const {
    const std::string metric = monitor().starts_with("val_") ? monitor().substr(4) : monitor();
    const auto direction = metric == "loss" ? MetricDirection::down : model().direction(metric);
    if (direction == MetricDirection::unknown)
      fail("[", name(), "] monitor is '", monitor(),
           "', and whether less or more of it is better is not known: expected .mode = \"min\" or \"max\"");
    return direction;
  }

  Watching watching_;
  MetricDirection direction_ = MetricDirection::unknown;
  bool warned_ = false;
};

}  // namespace tanuki
