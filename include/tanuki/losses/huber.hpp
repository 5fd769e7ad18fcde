#pragma once

// Squared for errors up to delta, linear beyond. The formula is in ops/element_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct HuberOptions {
  double delta = 1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "huber_loss";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, HuberOptions& options) {
  field("delta", options.delta);
  field("reduction", options.reduction);
}

class Huber : public ElementLossBase<HuberOptions> {
 public:
  static std::string_view class_name() { return "Huber"; }

  explicit Huber(HuberOptions options = {})
      : ElementLossBase(ops::ElementLoss::huber, options, {.delta = options.delta}) {
    check_option("delta", options.delta);
  }
};

}  // namespace tanuki
