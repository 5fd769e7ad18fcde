#pragma once

// Loss of a choice among classes: one-hot labels, predictions with a score for each class along the last axis. The
// formulas are in ops/row_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct CategoricalCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "categorical_crossentropy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CategoricalCrossentropyOptions& options) {
  field("from_logits", options.from_logits);
  field("label_smoothing", options.label_smoothing);
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class CategoricalCrossentropy : public RowLossBase<CategoricalCrossentropyOptions> {
 public:
  static std::string_view class_name() { return "CategoricalCrossentropy"; }
  /// Keras looks through an activation at the end of the model.
  static std::string_view replaces() { return "softmax"; }
  bool from_logits() const { return options().from_logits; }
  CategoricalCrossentropy on_logits() const { return detail::with_logits(*this); }

  explicit CategoricalCrossentropy(CategoricalCrossentropyOptions options = {})
      : RowLossBase(ops::RowLoss::categorical_crossentropy, options,
                    {.from_logits = options.from_logits, .label_smoothing = options.label_smoothing}) {
    check_option("label_smoothing", options.label_smoothing, 0, 1);
    check_axis(options.axis);
  }
};

}  // namespace tanuki
