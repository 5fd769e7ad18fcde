#pragma once

// Loss of a choice among classes: labels are class numbers, () or (1,) an example; predictions have a score
// for each class along the last axis. Rows whose label is ignore_class have no loss and do not count. The formulas
// are in ops/row_loss.hpp.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;
  std::optional<Index> ignore_class = std::nullopt;
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "sparse_categorical_crossentropy";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, SparseCategoricalCrossentropyOptions& options) {
  field("from_logits", options.from_logits);
  field("ignore_class", options.ignore_class);
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class SparseCategoricalCrossentropy : public RowLossBase<SparseCategoricalCrossentropyOptions> {
 public:
  static std::string_view class_name() { return "SparseCategoricalCrossentropy"; }
  /// Keras looks through an activation at the end of the model.
  static std::string_view replaces() { return "softmax"; }
  bool from_logits() const { return options().from_logits; }
  SparseCategoricalCrossentropy on_logits() const { return detail::with_logits(*this); }

  explicit SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {})
      : RowLossBase(ops::RowLoss::sparse_categorical_crossentropy, options,
                    {.from_logits = options.from_logits, .ignore_class = options.ignore_class}) {
    check_axis(options.axis);
  }
};

}  // namespace tanuki
