#pragma once

// 1 - Dice's coefficient of labels and predictions, over all numbers of a batch at once, as for masks.
// The formula is in ops/overlap_loss.hpp. A batch counts as one value, so it cannot be cut in parts.

#include "tanuki/losses/loss_base.hpp"
#include "tanuki/ops/overlap_loss.hpp"

namespace tanuki {

struct DiceOptions {
  std::string reduction = "sum_over_batch_size";
  std::optional<Index> axis = std::nullopt;  ///< only all of them
  std::string name = "dice";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, DiceOptions& options) {
  field("reduction", options.reduction);
  field("axis", options.axis);
}

class Dice : public LossBase<DiceOptions> {
 public:
  static std::string_view class_name() { return "Dice"; }
  static constexpr bool over_whole_batch = true;

  explicit Dice(DiceOptions options = {}) : LossBase(std::move(options)) {
    if (this->options().axis)
      fail("[", name(), "] axis is ", *this->options().axis, ", expected none: all axes");
  }

  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(name(), labels, predictions);
  }

  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient, ConstTensorView<B> weights = {}) const {
    return ops::overlap_loss<B>(context, name(), {2, 0, 1, 1}, reduction(),
                                {labels, predictions, weights, gradient, 1});
  }
};

}  // namespace tanuki
