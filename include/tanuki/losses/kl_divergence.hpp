#pragma once

// Kullback and Leibler's divergence of the predictions from the labels, distributions along the last axis.

#include "tanuki/losses/loss_base.hpp"

namespace tanuki {

struct KLDivergenceOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "kl_divergence";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, KLDivergenceOptions& options) {
  field("reduction", options.reduction);
}

class KLDivergence : public RowLossBase<KLDivergenceOptions> {
 public:
  static std::string_view class_name() { return "KLDivergence"; }

  explicit KLDivergence(KLDivergenceOptions options = {})
      : RowLossBase(ops::RowLoss::kl_divergence, std::move(options)) {}
};

}  // namespace tanuki
