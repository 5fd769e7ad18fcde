#pragma once

// The options that all of Keras' optimizers share: an options aggregate has these members beside the rule's. AnyOptimizer
// does what they say. (keras/src/optimizers/base_optimizer.py)

#include <optional>
#include <string>
#include <vector>

#include "tanuki/optimizers/learning_rate.hpp"

namespace tanuki {

struct OptimizerSettings {
  std::optional<double> weight_decay =
      std::nullopt;  ///< before each update w -= w · weight_decay · learning rate
  std::optional<double> clipnorm = std::nullopt;         ///< the most that the norm of each gradient may be
  std::optional<double> clipvalue = std::nullopt;        ///< the most that a number of a gradient may be
  std::optional<double> global_clipnorm = std::nullopt;  ///< the most that the norm of all gradients may be
  bool use_ema = false;  ///< keeps moving averages of the weights, which fit() puts in their place at its end
  double ema_momentum = 0.99;
  std::optional<Index> ema_overwrite_frequency = std::nullopt;  ///< and after every so many updates
  std::optional<double> loss_scale_factor = std::nullopt;       ///< only none
  /// Updates with the mean gradient of so many steps, at the last of them.
  std::optional<Index> gradient_accumulation_steps = std::nullopt;
  /// Words: a weight with one of them in its name is not decayed.
  std::vector<std::string> exclude_from_weight_decay = {};
};

/// Of options that have all of these members.
template <class Options>
OptimizerSettings settings_of(const Options& options) {
  return {options.weight_decay,
          options.clipnorm,
          options.clipvalue,
          options.global_clipnorm,
          options.use_ema,
          options.ema_momentum,
          options.ema_overwrite_frequency,
          options.loss_scale_factor,
          options.gradient_accumulation_steps,
          options.exclude_from_weight_decay};
}

/// Keras' names of the shared options, for reading and writing a config.
template <class Field, class Options>
void shared_fields(Field& field, Options& options) {
  field("name", options.name);
  field("learning_rate", options.learning_rate);
  field("weight_decay", options.weight_decay);
  field("clipnorm", options.clipnorm);
  field("global_clipnorm", options.global_clipnorm);
  field("clipvalue", options.clipvalue);
  field("use_ema", options.use_ema);
  field("ema_momentum", options.ema_momentum);
  field("ema_overwrite_frequency", options.ema_overwrite_frequency);
  field("loss_scale_factor", options.loss_scale_factor);
  field("gradient_accumulation_steps", options.gradient_accumulation_steps);
}

/// Throws Error, with the optimizer's name in front, for what makes no sense.
inline void check_settings(const std::string& name, const OptimizerSettings& settings) {
  const auto at_least = [&](const char* option, const auto& value, auto least) {
    if (value && !(*value >= least && std::isfinite(double(*value))))
      fail("[", name, "] ", option, " is ", *value, ", expected ", least, " or more");
  };
  at_least("weight_decay", settings.weight_decay, 0);
  at_least("clipnorm", settings.clipnorm, 0);
  at_least("clipvalue", settings.clipvalue, 0);
  at_least("global_clipnorm", settings.global_clipnorm, 0);
  at_least("ema_overwrite_frequency", settings.ema_overwrite_frequency, 0);  // 0: none, as in Keras
  if (settings.gradient_accumulation_steps != Index(0))
    at_least("gradient_accumulation_steps", settings.gradient_accumulation_steps, 2);
  if (settings.use_ema && !(settings.ema_momentum >= 0 && settings.ema_momentum <= 1))
    fail("[", name, "] ema_momentum is ", settings.ema_momentum, ", expected 0 to 1");
  if (settings.loss_scale_factor)
    fail("[", name, "] loss_scale_factor is ", *settings.loss_scale_factor, ", expected none");
  if (int(settings.clipnorm.has_value()) + int(settings.clipvalue.has_value()) +
          int(settings.global_clipnorm.has_value()) >
      1)
    fail("[", name, "] more than one of clipnorm, clipvalue and global_clipnorm was given, expected one");
}

}  // namespace tanuki
