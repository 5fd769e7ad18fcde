#pragma once

// mean(prediction - label · log(prediction)), for counts.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct PoissonOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "poisson";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, PoissonOptions& options) {
  field("reduction", options.reduction);
}

class Poisson : public ElementLossBase<PoissonOptions> {
 public:
  static std::string_view class_name() { return "Poisson"; }

  explicit Poisson(PoissonOptions options = {})
      : ElementLossBase(ops::ElementLoss::poisson, std::move(options)) {}
};

}  // namespace tanuki
