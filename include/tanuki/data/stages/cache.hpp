#pragma once

// Elements kept in memory once they were made. A table remembers each entry of its source's epoch 0, so that a shuffle before
// or after it still changes the order, though after shuffle().take(n) they stay the same n; a stream remembers its
// source's epoch 0, order included, once a pass was read to the end, as tf.data does. What is kept no longer changes, so
// elements have entries from here on: the table's own, or for a stream without any the place of each example in the order
// that is kept.

#include <mutex>
#include <unordered_map>

#include "tanuki/data/stages/kept_entries.hpp"
#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

class CachedTable final : public Table {
 public:
  explicit CachedTable(TablePtr source) : source_(std::move(source)), kept_(*source_) {}

  Index cardinality() const override { return source_->cardinality(); }
  std::vector<Index> order(Index epoch) const override { return kept_.order(*source_, epoch); }
  std::string description() const override { return source_->description() + described_step("cache"); }
  std::string contents() const override { return source_->contents() + described_step("cache"); }

  std::optional<BadFile> bad_file(Index entry) const override { return source_->bad_file(entry); }

  int workers() const override {
    std::lock_guard lock(mutex_);
    return Index(examples_.size()) == source_->cardinality() ? 0 : source_->workers();
  }
  int map_workers() const override { return source_->map_workers(); }

  std::optional<bool> known(Index entry) const override {
    const Kept kept = find(entry);
    return kept ? std::optional(kept->has_value()) : source_->known(entry);
  }

  std::optional<Example> at(Index entry, Index) const override {
    if (const Kept kept = find(entry)) return *kept;
    const Kept made = std::make_shared<const std::optional<Example>>(source_->at(entry, 0));
    std::lock_guard lock(mutex_);
    return *examples_.try_emplace(entry, made).first->second;
  }

 private:
  using Kept = std::shared_ptr<const std::optional<Example>>;

  Kept find(Index entry) const {
    std::lock_guard lock(mutex_);
    const auto found = examples_.find(entry);
    return found == examples_.end() ? Kept() : found->second;
  }

  TablePtr source_;
  KeptEntries kept_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<Index, Kept> examples_;
};

/// Entries for the elements of a pass that has none: 0, 1, … in its order.
class Numbers {
 public:
  explicit Numbers(const Stage& source) : batched_(source.batched()), needed_(!source.has_entries()) {}

  void give(Example& example) {
    if (!needed_) return;
    const Shape& shape = example.x.shape();
    example.entries.resize(batched_ && shape.rank() ? std::size_t(shape.front()) : 1);
    std::iota(example.entries.begin(), example.entries.end(), next_);
    next_ += Index(example.entries.size());
  }

 private:
  bool batched_, needed_;
  Index next_ = 0;
};

class CachedStream final : public Step {
 public:
  explicit CachedStream(StagePtr source) : Step(std::move(source)) {}

  Index cardinality() const override {
    const Kept kept = memory_->get();
    return kept ? Index(kept->size()) : source().cardinality();
  }

  std::unique_ptr<Iterator> iterate(Index) const override {
    if (Kept kept = memory_->get()) return std::make_unique<Replay>(std::move(kept));
    return std::make_unique<Recording>(shared_source(), memory_);
  }

  std::string description() const override { return source().description() + described_step("cache"); }
  bool has_entries() const override { return true; }

  std::optional<EntryLists> entries(Index) const override {
    const Kept kept = memory_->get();
    if (!kept) return source().entries(0);
    EntryLists lists;
    for (const Example& example : *kept) lists.push_back(example.entries);
    return lists;
  }

 private:
  using Kept = std::shared_ptr<const std::vector<Example>>;

  class Memory {
   public:
    Kept get() const {
      std::lock_guard lock(mutex_);
      return kept_;
    }
    void set(std::vector<Example> examples) {
      std::lock_guard lock(mutex_);
      if (!kept_) kept_ = std::make_shared<const std::vector<Example>>(std::move(examples));
    }

   private:
    mutable std::mutex mutex_;
    Kept kept_;
  };

  class Replay final : public Iterator {
   public:
    explicit Replay(Kept kept) : kept_(std::move(kept)) {}
    std::optional<Example> next() override {
      return place_ < kept_->size() ? std::optional((*kept_)[place_++]) : std::nullopt;
    }
    Index skip(Index count) override {
      const Index skipped = std::min(count, Index(kept_->size() - place_));
      place_ += std::size_t(skipped);
      return skipped;
    }

   private:
    Kept kept_;
    std::size_t place_ = 0;
  };

  class Recording final : public Iterator {
   public:
    Recording(const StagePtr& source, std::shared_ptr<Memory> memory)
        : source_(source->iterate(0)), memory_(std::move(memory)), numbers_(*source) {}

    std::optional<Example> next() override {
      if (!source_) return std::nullopt;
      auto example = source_->next();
      if (example) {
        numbers_.give(*example);
        examples_.push_back(*example);
      } else {
        memory_->set(std::move(examples_));
        source_.reset();
      }
      return example;
    }

   private:
    std::unique_ptr<Iterator> source_;
    std::shared_ptr<Memory> memory_;
    Numbers numbers_;
    std::vector<Example> examples_;
  };

  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
};

}  // namespace tanuki::stages
