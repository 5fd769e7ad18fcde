#pragma once

// Elements made by a thread in the background, up to `count` before they are asked for.

#include "tanuki/data/read_ahead.hpp"

namespace tanuki::stages {

class Prefetched final : public Stage {
 public:
  Prefetched(StagePtr source, Index count) : source_(std::move(source)), count_(count) {}

  Index cardinality() const override { return source_->cardinality(); }
  Index cardinality_foretold() const override { return source_->cardinality_foretold(); }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    const std::shared_ptr<Iterator> source = source_->iterate(epoch);
    const auto read = [source](Index) -> ReadAhead::Item {
      auto example = source->next();
      const bool end = !example;
      return {std::move(example), end};
    };
    return std::make_unique<ReadAhead>(read, 1, count_);
  }

  std::string description() const override { return source_->description(); }
  bool has_entries() const override { return source_->has_entries(); }
  std::optional<EntryLists> entries(Index epoch) const override { return source_->entries(epoch); }
  bool batched() const override { return source_->batched(); }

 private:
  StagePtr source_;
  Index count_;
};

}  // namespace tanuki::stages
