#pragma once

// Loss of yes-or-no questions: labels 0 or 1 (or between), predictions of the same shape. The formulas are in
// ops/element_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct BinaryCrossentropyOptions {
  bool from_logits = false;
  double label_smoothing = 0;
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "binary_crossentropy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, BinaryCrossentropyOptions& options) {
  field("from_logits", options.from_logits);
  field("label_smoothing", options.label_smoothing);
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class BinaryCrossentropy : public ElementLossBase<BinaryCrossentropyOptions> {
 public:
  static std::string_view class_name() { return "BinaryCrossentropy"; }
  /// Keras looks through an activation at the end of the model.
  static std::string_view replaces() { return "sigmoid"; }
  bool from_logits() const { return options().from_logits; }
  BinaryCrossentropy on_logits() const { return detail::with_logits(*this); }

  explicit BinaryCrossentropy(BinaryCrossentropyOptions options = {})
      : ElementLossBase(ops::ElementLoss::binary_crossentropy, options,
                        {.from_logits = options.from_logits, .label_smoothing = options.label_smoothing}) {
    check_option("label_smoothing", options.label_smoothing, 0, 1);
    check_axis(options.axis);
  }
};

}  // namespace tanuki
