#pragma once

// The examples of batches, one by one: the opposite of batch. Throws Error for an element without a first axis, or
// whose x and y have different first extents.

#include <algorithm>

#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

/// The i-th of the parts of a tensor along its first axis.
inline Tensor<Cpu> row(const Tensor<Cpu>& tensor, Index i) {
  const Shape shape = tensor.shape().without_batch();
  return {shape, std::span(tensor.data() + i * shape.elements(), std::size_t(shape.elements()))};
}

/// An empty y stands for no targets.
inline bool has_targets(const Tensor<Cpu>& y) { return !(y.shape() == Shape{0}); }

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
      Example example{row(batch_->x, place_), {}};
      if (has_targets(batch_->y)) example.y = row(batch_->y, place_);
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
        check();
      }
      return true;
    }

    void check() const {
      const Shape &x = batch_->x.shape(), &y = batch_->y.shape();
      if (x.rank() == 0 || y.rank() == 0)
        fail("[unbatch] x ", x, " and y ", y, " need a first axis, over the examples");
      if (has_targets(batch_->y) && x.front() != y.front())
        fail("[unbatch] x ", x, " and y ", y, " are not equally many examples");
    }

    std::unique_ptr<Iterator> source_;
    std::optional<Example> batch_;
    Index place_ = 0;
  };
};

}  // namespace tanuki::stages
