#pragma once

// mean(max(1 - label · prediction, 0)); labels -1 or 1, or 0 or 1.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct HingeOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "hinge";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, HingeOptions& options) {
  field("reduction", options.reduction);
}

class Hinge : public ElementLossBase<HingeOptions> {
 public:
  static std::string_view class_name() { return "Hinge"; }

  explicit Hinge(HingeOptions options = {}) : ElementLossBase(ops::ElementLoss::hinge, std::move(options)) {}
};

}  // namespace tanuki
