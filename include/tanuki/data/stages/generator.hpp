#pragma once

// Elements from a user's function.

#include <functional>

#include "tanuki/data/table_pass.hpp"

namespace tanuki {

/// Gives one element after the other, and nothing at the end.
using ExampleSource = std::function<std::optional<Example>()>;

/// Called at the start of each pass; what it gives is called by one thread at a time.
using ExampleGenerator = std::function<ExampleSource(Index epoch)>;

struct GeneratorOptions {
  Index cardinality = unknown_cardinality;  ///< elements a pass, where it is known
  bool batched = false;                     ///< the elements are batches
};

}  // namespace tanuki

namespace tanuki::stages {

/// Elements have no entries: nothing says that the generator gives the same each time.
class Generated final : public Stage {
 public:
  Generated(ExampleGenerator generator, GeneratorOptions options)
      : generator_(std::move(generator)), options_(options) {}

  Index cardinality() const override { return options_.cardinality; }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    auto source = generator_(epoch);
    if (!source) fail("[from_generator] epoch ", epoch, ": the generator gave no function");
    return std::make_unique<Pass>(std::move(source));
  }

  std::string description() const override {
    return "from_generator(" + std::to_string(options_.cardinality) + ")";
  }
  bool has_entries() const override { return false; }
  std::optional<EntryLists> entries(Index) const override { return std::nullopt; }
  bool batched() const override { return options_.batched; }

 private:
  class Pass final : public Iterator {
   public:
    explicit Pass(ExampleSource source) : source_(std::move(source)) {}

    std::optional<Example> next() override {
      if (!source_) return std::nullopt;
      ExampleSource source = std::exchange(source_, nullptr);  // what it throws ends the pass
      auto example = source();
      if (!example) return std::nullopt;
      example->entries.clear();
      source_ = std::move(source);
      return example;
    }

   private:
    ExampleSource source_;
  };

  ExampleGenerator generator_;
  GeneratorOptions options_;
};

}  // namespace tanuki::stages
