#pragma once

// Some of the elements: those at places [first, first + count) of each pass (take, skip), or a fixed set of
// entries (split).

#include <algorithm>
#include <limits>

#include "tanuki/data/stages/rearranged.hpp"
#include "tanuki/data/stages/step.hpp"

namespace tanuki::stages {

/// How many of `cardinality` elements lie in [first, first + count); all behind `first` where count is the largest
/// number.
inline Index sliced(Index cardinality, Index first, Index count) {
  if (cardinality == infinite_cardinality)
    return count == std::numeric_limits<Index>::max() ? infinite_cardinality : count;
  return cardinality == unknown_cardinality ? unknown_cardinality
                                            : std::min(std::max(cardinality - first, Index{0}), count);
}

template <class T>
std::vector<T> sliced(const std::vector<T>& all, Index first, Index count) {
  const auto begin = all.begin() + std::min(first, Index(all.size()));
  return {begin, begin + sliced(Index(all.size()), first, count)};
}

/// A bad entry counts as one.
class SlicedTable final : public Rearranged {
 public:
  SlicedTable(TablePtr source, Index first, Index count)
      : Rearranged(std::move(source)), first_(first), count_(count) {}

  Index cardinality() const override { return sliced(source().cardinality(), first_, count_); }
  std::string description() const override {
    return source().description() + described_step("slice", first_, count_);
  }

  std::vector<Index> order(Index epoch) const override {
    return sliced(source().order(epoch), first_, count_);
  }

 private:
  Index first_, count_;
};

class SlicedStream final : public Step {
 public:
  SlicedStream(StagePtr source, Index first, Index count)
      : Step(std::move(source)), first_(first), count_(count) {}

  Index cardinality() const override { return sliced(source().cardinality(), first_, count_); }
  Index cardinality_foretold() const override {
    return sliced(source().cardinality_foretold(), first_, count_);
  }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source().iterate(epoch), first_, count_);
  }

  std::string description() const override {
    return source().description() + described_step("slice", first_, count_);
  }

  std::optional<EntryLists> entries(Index epoch) const override {
    const auto lists = source().entries(epoch);
    return lists ? std::optional(sliced(*lists, first_, count_)) : std::nullopt;
  }

 private:
  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> source, Index first, Index count)
        : source_(std::move(source)), skip_(first), left_(count) {}

    std::optional<Example> next() override {
      if (left_ == 0) return std::nullopt;
      if (!begin()) return std::nullopt;
      --left_;
      return source_->next();
    }

    Index skip(Index count) override {
      count = std::min(count, left_);
      if (count == 0 || !begin()) return 0;
      left_ -= count;
      return source_->skip(count);
    }

   private:
    bool begin() {
      const Index first = std::exchange(skip_, 0);
      return source_->skip(first) == first;
    }

    std::unique_ptr<Iterator> source_;
    Index skip_, left_;
  };

  Index first_, count_;
};

/// The given entries in the given order, each epoch.
class Subset final : public Rearranged {
 public:
  Subset(TablePtr source, std::vector<Index> entries)
      : Rearranged(std::move(source)), entries_(std::move(entries)) {}

  Index cardinality() const override { return Index(entries_.size()); }
  std::vector<Index> order(Index) const override { return entries_; }
  std::string description() const override {
    return source().description() + ".split(" + described(entries_) + ")";
  }

 private:
  std::vector<Index> entries_;
};

}  // namespace tanuki::stages
