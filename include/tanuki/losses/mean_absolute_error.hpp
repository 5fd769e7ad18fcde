#pragma once

// mean(|label - prediction|), labels and predictions of the same shape.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct MeanAbsoluteErrorOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "mean_absolute_error";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, MeanAbsoluteErrorOptions& options) {
  field("reduction", options.reduction);
}

class MeanAbsoluteError : public ElementLossBase<MeanAbsoluteErrorOptions> {
 public:
  static std::string_view class_name() { return "MeanAbsoluteError"; }

  explicit MeanAbsoluteError(MeanAbsoluteErrorOptions options = {})
      : ElementLossBase(ops::ElementLoss::absolute_error, std::move(options)) {}
};

}  // namespace tanuki
