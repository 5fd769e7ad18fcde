#pragma once

// Categorical crossentropy in which examples that are right already count less. The formula is in
// ops/row_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct CategoricalFocalCrossentropyOptions {
  double alpha = 0.25;
  double gamma = 2;
  bool from_logits = false;
  double label_smoothing = 0;
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_focal_crossentropy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CategoricalFocalCrossentropyOptions& options) {
  field("alpha", options.alpha);
  field("gamma", options.gamma);
  field("from_logits", options.from_logits);
  field("label_smoothing", options.label_smoothing);
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class CategoricalFocalCrossentropy : public RowLossBase<CategoricalFocalCrossentropyOptions> {
 public:
  static std::string_view class_name() { return "CategoricalFocalCrossentropy"; }
  bool from_logits() const { return options().from_logits; }

  explicit CategoricalFocalCrossentropy(CategoricalFocalCrossentropyOptions options = {})
      : RowLossBase(ops::RowLoss::categorical_focal_crossentropy, options,
                    {.from_logits = options.from_logits,
                     .label_smoothing = options.label_smoothing,
                     .alpha = options.alpha,
                     .gamma = options.gamma}) {
    check_option("gamma", options.gamma);
    check_option("label_smoothing", options.label_smoothing, 0, 1);
    check_axis(options.axis);
  }
};

}  // namespace tanuki
