#pragma once

// Binary crossentropy in which examples that are right already count less: times (1 - p of the label)^gamma. The
// formula is in ops/element_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct BinaryFocalCrossentropyOptions {
  bool apply_class_balancing = false;
  double alpha = 0.25;
  double gamma = 2;
  bool from_logits = false;
  double label_smoothing = 0;
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "binary_focal_crossentropy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, BinaryFocalCrossentropyOptions& options) {
  field("apply_class_balancing", options.apply_class_balancing);
  field("alpha", options.alpha);
  field("gamma", options.gamma);
  field("from_logits", options.from_logits);
  field("label_smoothing", options.label_smoothing);
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class BinaryFocalCrossentropy : public ElementLossBase<BinaryFocalCrossentropyOptions> {
 public:
  static std::string_view class_name() { return "BinaryFocalCrossentropy"; }
  /// Keras looks through an activation at the end of the model.
  static std::string_view replaces() { return "sigmoid"; }
  bool from_logits() const { return options().from_logits; }
  BinaryFocalCrossentropy on_logits() const { return detail::with_logits(*this); }

  explicit BinaryFocalCrossentropy(BinaryFocalCrossentropyOptions options = {})
      : ElementLossBase(ops::ElementLoss::binary_focal_crossentropy, options,
                        {.from_logits = options.from_logits,
                         .label_smoothing = options.label_smoothing,
                         .balanced = options.apply_class_balancing,
                         .alpha = options.alpha,
                         .gamma = options.gamma}) {
    check_option("gamma", options.gamma);
    check_option("label_smoothing", options.label_smoothing, 0, 1);
    check_axis(options.axis);
  }
};

}  // namespace tanuki
