#pragma once

// mean(log(cosh(prediction - label))): squared for small errors, absolute for large ones. The formula is in
// ops/element_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct LogCoshOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "log_cosh";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, LogCoshOptions& options) {
  field("reduction", options.reduction);
}

class LogCosh : public ElementLossBase<LogCoshOptions> {
 public:
  static std::string_view class_name() { return "LogCosh"; }

  explicit LogCosh(LogCoshOptions options = {})
      : ElementLossBase(ops::ElementLoss::log_cosh, std::move(options)) {}
};

}  // namespace tanuki
