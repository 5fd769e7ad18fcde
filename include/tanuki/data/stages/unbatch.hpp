#pragma once

// The examples of batches, one by one: the opposite of batch. Throws Error for an element without a first axis, or
// whose tensors have different first extents.

#include <algorithm>

#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

/// The i-th of the parts of a tensor along its first axis.
inline Tensor<Cpu> row(const Tensor<Cpu>& tensor, Index i) {
  const Shape shape = tensor.shape().without_batch();
  return {shape, std::span(tensor.data() + i * shape.elements(), std::size_t(shape.elements()))};
}

/// The same of all tensors of a batch, without its entry.
inline Example example_of(const Example& batch, Index i) {
  const auto rows = [&](const TensorList& tensors) {
    TensorList all;
    for (const auto& tensor : tensors) all.push_back(row(tensor, i));
    return all;
  };
  Example example{row(batch.x, i), {}};
  if (has_targets(batch.y)) example.y = row(batch.y, i);
  example.more_x = rows(batch.more_x), example.more_y = rows(batch.more_y);
  example.sample_weight = rows(batch.sample_weight);
  return example;
}

/// Throws Error unless all tensors have a first axis, and the same on it.
inline void check_rows(const char* step, const Example& batch) {
  const Shape& x = batch.x.shape();
  const auto check = [&](const char* what, const Tensor<Cpu>& tensor, bool counts = true) {
    const Shape& shape = tensor.shape();
    if (x.rank() == 0 || shape.rank() == 0)
      fail("[", step, "] x ", x, " and ", what, " ", shape, " need a first axis, over the examples");
    if (counts && x.front() != shape.front())
      fail("[", step, "] x ", x, " and ", what, " ", shape, " are not equally many examples");
  };
  check("y", batch.y, has_targets(batch.y));
  for (const auto& tensor : batch.more_x) check("another x", tensor);
  for (const auto& tensor : batch.more_y) check("another y", tensor);
  for (const auto& tensor : batch.sample_weight) check("sample_weight", tensor);
}

class Unbatched final : public Step {
 public:
  explicit Unbatched(StagePtr source) : Step(std::move(source)) {}

  Index cardinality() const override { return of(source().cardinality()); }
  Index cardinality_foretold() const override { return of(source().cardinality_foretold()); }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source().iterate(epoch));
  }

  std::string description() const override { return source().description() + described_step("unbatch"); }
  bool batched() const override { return false; }

  std::optional<EntryLists> entries(Index epoch) const override {
    const auto batches = source().entries(epoch);
    if (!batches) return std::nullopt;
    EntryLists examples;
    for (const auto& batch : *batches) {
      for (Index entry : batch) examples.push_back({entry});
    }
    return examples;
  }

 private:
  static Index of(Index batches) { return batches > 0 ? unknown_cardinality : batches; }

  class Pass final : public Iterator {
   public:
    explicit Pass(std::unique_ptr<Iterator> source) : source_(std::move(source)) {}

    std::optional<Example> next() override {
      if (!fill()) return std::nullopt;
      Example example = example_of(*batch_, place_);
      if (!batch_->entries.empty()) example.entries = {batch_->entries[std::size_t(place_)]};
      ++place_;
      return example;
    }

    /// Batches are made: only then it is known how many examples they have.
    Index skip(Index count) override {
      Index skipped = 0;
      while (skipped < count && fill()) {
        const Index here = std::min(count - skipped, batch_->x.shape().front() - place_);
        place_ += here;
        skipped += here;
      }
      return skipped;
    }

   private:
    /// Until an example is left. False at the end.
    bool fill() {
      while (!batch_ || place_ == batch_->x.shape().front()) {
        batch_ = source_->next();
        if (!batch_) return false;
        place_ = 0;
        check_rows("unbatch", *batch_);
      }
      return true;
    }

    std::unique_ptr<Iterator> source_;
    std::optional<Example> batch_;
    Index place_ = 0;
  };
};

}  // namespace tanuki::stages
