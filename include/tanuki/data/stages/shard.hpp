#pragma once

// Every count-th element of each pass, from number `index` on: one of `count` parts that together are the whole.

#include "tanuki/data/stages/rearranged.hpp"
#include "tanuki/data/stages/step.hpp"

namespace tanuki::stages {

/// How many of `cardinality` elements one of the parts has.
inline Index shard_size(Index cardinality, Index count, Index index) {
  return cardinality < 0 ? cardinality : (cardinality + count - 1 - index) / count;
}

template <class T>
std::vector<T> shard_of(const std::vector<T>& all, Index count, Index index) {
  std::vector<T> part;
  for (Index i = index; i < Index(all.size()); i += count) part.push_back(all[std::size_t(i)]);
  return part;
}

/// A bad entry counts as one, so the parts stay disjoint.
class ShardOfTable final : public Rearranged {
 public:
  ShardOfTable(TablePtr source, Index count, Index index)
      : Rearranged(std::move(source)), count_(count), index_(index) {}

  Index cardinality() const override { return shard_size(source().cardinality(), count_, index_); }
  std::vector<Index> order(Index epoch) const override {
    return shard_of(source().order(epoch), count_, index_);
  }
  std::string description() const override {
    return source().description() + described_step("shard", count_, index_);
  }

 private:
  Index count_, index_;
};

class ShardOfStream final : public Step {
 public:
  ShardOfStream(StagePtr source, Index count, Index index)
      : Step(std::move(source)), count_(count), index_(index) {}

  Index cardinality() const override { return shard_size(source().cardinality(), count_, index_); }
  Index cardinality_foretold() const override {
    return shard_size(source().cardinality_foretold(), count_, index_);
  }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source().iterate(epoch), count_, index_);
  }

  std::string description() const override {
    return source().description() + described_step("shard", count_, index_);
  }

  std::optional<EntryLists> entries(Index epoch) const override {
    const auto lists = source().entries(epoch);
    return lists ? std::optional(shard_of(*lists, count_, index_)) : std::nullopt;
  }

 private:
  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> source, Index count, Index index)
        : source_(std::move(source)), between_(count - 1), skip_(index) {}

    std::optional<Example> next() override {
      if (source_->skip(skip_) < skip_) return std::nullopt;
      skip_ = between_;
      return source_->next();
    }

    Index skip(Index count) override {
      Index skipped = 0;
      for (; skipped < count && source_->skip(skip_ + 1) == skip_ + 1; ++skipped) skip_ = between_;
      return skipped;
    }

   private:
    std::unique_ptr<Iterator> source_;
    Index between_, skip_;
  };

  Index count_, index_;
};

}  // namespace tanuki::stages
