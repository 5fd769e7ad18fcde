#pragma once

// Minus the cosine of the angle between label and prediction, vectors along the last axis: -1 where they agree.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct CosineSimilarityOptions {
  Index axis = -1;
  std::string reduction = "sum_over_batch_size";
  std::string name = "cosine_similarity";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, CosineSimilarityOptions& options) {
  field("axis", options.axis);
  field("reduction", options.reduction);
}

class CosineSimilarity : public RowLossBase<CosineSimilarityOptions> {
 public:
  static std::string_view class_name() { return "CosineSimilarity"; }

  explicit CosineSimilarity(CosineSimilarityOptions options = {})
      : RowLossBase(ops::RowLoss::cosine_similarity, std::move(options)) {
    check_axis(this->options().axis);
  }
};

}  // namespace tanuki
