#pragma once

// max(highest score of a wrong class - score of the right one + 1, 0), one-hot labels.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct CategoricalHingeOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_hinge";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CategoricalHingeOptions& options) {
  field("reduction", options.reduction);
}

class CategoricalHinge : public RowLossBase<CategoricalHingeOptions> {
 public:
  static std::string_view class_name() { return "CategoricalHinge"; }

  explicit CategoricalHinge(CategoricalHingeOptions options = {})
      : RowLossBase(ops::RowLoss::categorical_hinge, std::move(options)) {}
};

}  // namespace tanuki
