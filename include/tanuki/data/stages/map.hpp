#pragma once

// A user's function applied to each element, whose entries are forgotten: nothing says that the function gives
// the same each time. Random numbers, for those that want some, depend on (seed, epoch) and on the entry, or in
// a stream on the place.

#include <functional>

#include "tanuki/core/random.hpp"
#include "tanuki/data/stages/in_turn.hpp"
#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki {

/// Called from as many threads at once as map() has: it must not share what it writes.
using ExampleFunction = std::function<Example(Example)>;

/// The same with random numbers of this example's own, others each epoch.
using RandomExampleFunction = std::function<Example(Example, Random)>;

}  // namespace tanuki

namespace tanuki::stages {

inline Random map_random(std::uint64_t seed, Index epoch, Index element) {
  return Random{seed, hash("map")}.fork(std::uint64_t(epoch)).fork(std::uint64_t(element));
}

class MappedTable final : public Table {
 public:
  /// `workers` 0: as many threads as the source has, a cache as many as what it keeps.
  MappedTable(TablePtr source, RandomExampleFunction fn, std::uint64_t seed, int workers)
      : source_(std::move(source)), fn_(std::move(fn)), seed_(seed), workers_(workers) {}

  Index cardinality() const override { return source_->cardinality(); }
  std::vector<Index> order(Index epoch) const override { return source_->order(epoch); }
  std::optional<BadFile> bad_file(Index entry) const override { return source_->bad_file(entry); }
  std::optional<bool> known(Index entry) const override { return source_->known(entry); }
  bool there(Index entry, Index epoch) const override { return source_->there(entry, epoch); }
  int workers() const override { return workers_ ? workers_ : source_->map_workers(); }
  std::string description() const override { return source_->description() + described_step("map", seed_); }
  std::string contents() const override { return source_->contents() + described_step("map", seed_); }
  bool has_entries() const override { return false; }

  std::optional<Example> at(Index entry, Index epoch) const override {
    auto example = source_->at(entry, epoch);
    if (!example) return std::nullopt;
    return fn_(std::move(*example), map_random(seed_, epoch, entry));
  }

 private:
  TablePtr source_;
  RandomExampleFunction fn_;
  std::uint64_t seed_;
  int workers_;
};

class MappedStream final : public Step {
 public:
  /// `workers` 0: in the caller's thread.
  MappedStream(StagePtr source, RandomExampleFunction fn, std::uint64_t seed, int workers)
      : Step(std::move(source)), fn_(std::move(fn)), seed_(seed), workers_(workers) {}

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    const auto pass = std::make_shared<Pass>(source().iterate(epoch), fn_, seed_, epoch);
    const auto skip = [pass](Index count) { return pass->skip(count); };
    if (workers_ == 0) return std::make_unique<InPlace>(pass);
    const auto read = [pass](Index number) -> ReadAhead::Item {
      auto example = pass->at(number);
      const bool end = !example;
      return {std::move(example), end};
    };
    return std::make_unique<ReadAhead>(read, workers_, Index{2} * workers_, skip);
  }

  std::string description() const override { return source().description() + described_step("map", seed_); }
  bool has_entries() const override { return false; }
  std::optional<EntryLists> entries(Index) const override { return std::nullopt; }

 private:
  /// The elements are taken in order; fn runs on as many threads as ask for one.
  class Pass {
   public:
    Pass(std::unique_ptr<Iterator> source, RandomExampleFunction fn, std::uint64_t seed, Index epoch)
        : source_(std::move(source)), fn_(std::move(fn)), seed_(seed), epoch_(epoch) {}

    /// Each number once, from 0 on behind what was skipped.
    std::optional<Example> at(Index number) {
      auto example = source_.take(number);
      if (!example) return std::nullopt;
      example = fn_(std::move(*example), map_random(seed_, epoch_, skipped_ + number));
      example->entries.clear();
      return example;
    }

    Index skip(Index count) {
      const Index skipped = source_.skip(count);
      skipped_ += skipped;
      return skipped;
    }

   private:
    InTurn source_;
    RandomExampleFunction fn_;
    std::uint64_t seed_;
    Index epoch_, skipped_ = 0;
  };

  class InPlace final : public Iterator {
   public:
    explicit InPlace(std::shared_ptr<Pass> pass) : pass_(std::move(pass)) {}

    std::optional<Example> next() override {
      if (!pass_) return std::nullopt;
      auto pass = std::exchange(pass_, nullptr);  // what it throws ends the pass
      auto example = pass->at(number_++);
      pass_ = std::move(pass);
      return example;
    }
    Index skip(Index count) override { return pass_ ? pass_->skip(count) : 0; }

   private:
    std::shared_ptr<Pass> pass_;
    Index number_ = 0;
  };

  RandomExampleFunction fn_;
  std::uint64_t seed_;
  int workers_;
};

}  // namespace tanuki::stages
