#pragma once

// mean((log(1 + label) - log(1 + prediction))²), labels and predictions of the same shape.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct MeanSquaredLogarithmicErrorOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "mean_squared_logarithmic_error";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, MeanSquaredLogarithmicErrorOptions& options) {
  field("reduction", options.reduction);
}

class MeanSquaredLogarithmicError : public ElementLossBase<MeanSquaredLogarithmicErrorOptions> {
 public:
  static std::string_view class_name() { return "MeanSquaredLogarithmicError"; }

  explicit MeanSquaredLogarithmicError(MeanSquaredLogarithmicErrorOptions options = {})
      : ElementLossBase(ops::ElementLoss::squared_logarithmic_error, std::move(options)) {}
};

}  // namespace tanuki
