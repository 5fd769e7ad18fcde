#pragma once

// 100 · mean(|label - prediction| / |label|), labels and predictions of the same shape.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct MeanAbsolutePercentageErrorOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "mean_absolute_percentage_error";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, MeanAbsolutePercentageErrorOptions& options) {
  field("reduction", options.reduction);
}

class MeanAbsolutePercentageError : public ElementLossBase<MeanAbsolutePercentageErrorOptions> {
 public:
  static std::string_view class_name() { return "MeanAbsolutePercentageError"; }

  explicit MeanAbsolutePercentageError(MeanAbsolutePercentageErrorOptions options = {})
      : ElementLossBase(ops::ElementLoss::absolute_percentage_error, std::move(options)) {}
};

}  // namespace tanuki
