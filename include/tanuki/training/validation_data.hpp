#pragma once

// What fit() evaluates after an epoch: a Dataset (batched), or tensors.

#include "tanuki/training/batches.hpp"

namespace tanuki {

class ValidationData {
 public:
  /// None.
  ValidationData() = default;
  ValidationData(Dataset data) : dataset_(std::move(data)) {}
  ValidationData(std::optional<Dataset> data) : dataset_(std::move(data)) {}
  /// An x for each input, a y for each output; one weight, or one for each output.
  ValidationData(TensorList x, TensorList y, TensorList sample_weight = {})
      : x_(std::move(x)), y_(std::move(y)), weights_(std::move(sample_weight)) {}

  explicit operator bool() const { return dataset_ || !x_.empty(); }
  /// Null for tensors.
  const Dataset* dataset() const { return dataset_ ? &*dataset_ : nullptr; }

  /// Refers to this. The batch_size is for tensors.
  std::unique_ptr<Batches> batches(Index batch_size) const {
    if (dataset_) return std::make_unique<DatasetBatches>(*dataset_);
    return std::make_unique<TensorBatches>(
        Batch{pointers(x_), pointers(y_), pointers(weights_)},
        TensorBatchesOptions{.caller = "[fit] validation_data: ", .batch_size = batch_size});
  }

 private:
  std::optional<Dataset> dataset_;
  TensorList x_, y_, weights_;
};

}  // namespace tanuki
