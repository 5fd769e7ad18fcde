#pragma once

// A user's function applied to each element, whose entries are forgotten: nothing says that the function gives
// the same each time.

#include <functional>

#include "tanuki/data/read_ahead.hpp"

namespace tanuki {

/// Called from several threads at once on single examples: it must not share what it writes.
using ExampleFunction = std::function<Example(Example)>;

}  // namespace tanuki

namespace tanuki::stages {

class MappedTable final : public Table {
 public:
  /// `workers` 0: as many threads as the source has.
  MappedTable(TablePtr source, ExampleFunction fn, int workers)
      : source_(std::move(source)), fn_(std::move(fn)), workers_(workers) {}

  Index cardinality() const override { return source_->cardinality(); }
  std::vector<Index> order(Index epoch) const override { return source_->order(epoch); }
  int workers() const override { return workers_ ? workers_ : source_->workers(); }
  bool has_entries() const override { return false; }

  std::optional<Example> at(Index entry) const override {
    auto example = source_->at(entry);
    return example ? fn_(std::move(*example)) : std::optional<Example>();
  }

 private:
  TablePtr source_;
  ExampleFunction fn_;
  int workers_;
};

class MappedStream final : public Stage {
 public:
  MappedStream(StagePtr source, ExampleFunction fn) : source_(std::move(source)), fn_(std::move(fn)) {}

  Index cardinality() const override { return source_->cardinality(); }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source_->iterate(epoch), fn_);
  }

  bool has_entries() const override { return false; }
  std::optional<EntryLists> entries(Index) const override { return std::nullopt; }
  bool batched() const override { return source_->batched(); }

 private:
  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> source, ExampleFunction fn)
        : source_(std::move(source)), fn_(std::move(fn)) {}

    std::optional<Example> next() override {
      auto example = source_->next();
      if (!example) return std::nullopt;
      example = fn_(std::move(*example));
      example->entries.clear();
      return example;
    }

   private:
    std::unique_ptr<Iterator> source_;
    ExampleFunction fn_;
  };

  StagePtr source_;
  ExampleFunction fn_;
};

}  // namespace tanuki::stages
