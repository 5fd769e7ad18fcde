#pragma once

// mean(max(1 - label · prediction, 0)²); labels -1 or 1, or 0 or 1.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct SquaredHingeOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "squared_hinge";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, SquaredHingeOptions& options) {
  field("reduction", options.reduction);
}

class SquaredHinge : public ElementLossBase<SquaredHingeOptions> {
 public:
  static std::string_view class_name() { return "SquaredHinge"; }

  explicit SquaredHinge(SquaredHingeOptions options = {})
      : ElementLossBase(ops::ElementLoss::squared_hinge, std::move(options)) {}
};

}  // namespace tanuki
