#pragma once

// mean((label - prediction)²), labels and predictions of the same shape.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct MeanSquaredErrorOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "mean_squared_error";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, MeanSquaredErrorOptions& options) {
  field("reduction", options.reduction);
}

class MeanSquaredError : public ElementLossBase<MeanSquaredErrorOptions> {
 public:
  static std::string_view class_name() { return "MeanSquaredError"; }

  explicit MeanSquaredError(MeanSquaredErrorOptions options = {})
      : ElementLossBase(ops::ElementLoss::squared_error, std::move(options)) {}
};

}  // namespace tanuki
