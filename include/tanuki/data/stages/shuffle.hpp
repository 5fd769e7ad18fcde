#pragma once

// A random order of the whole data, another one each epoch: a function of (seed, epoch). A table permutes its
// entries' numbers and holds no example; a stream is first read to its end, into memory.

#include <algorithm>

#include "tanuki/core/random.hpp"
#include "tanuki/data/stages/rearranged.hpp"
#include "tanuki/data/stages/step.hpp"

namespace tanuki::stages {

inline std::vector<Index> random_order(Index count, std::uint64_t seed, Index epoch) {
  return Random{seed, hash("shuffle")}.fork(std::uint64_t(epoch)).permutation(count);
}

class ShuffledTable final : public Rearranged {
 public:
  /// `reshuffle` false: every epoch has the order of epoch 0.
  ShuffledTable(TablePtr source, std::uint64_t seed, bool reshuffle)
      : Rearranged(std::move(source)), seed_(seed), reshuffle_(reshuffle) {}

  Index cardinality() const override { return source().cardinality(); }
  std::string description() const override {
    return source().description() + described_step("shuffle", seed_, reshuffle_);
  }

  std::vector<Index> order(Index epoch) const override {
    const std::vector<Index> entries = source().order(epoch);
    std::vector<Index> places = random_order(Index(entries.size()), seed_, reshuffle_ ? epoch : 0);
    for (Index& place : places) place = entries[std::size_t(place)];
    return places;
  }

 private:
  std::uint64_t seed_;
  bool reshuffle_;
};

class ShuffledStream final : public Step {
 public:
  ShuffledStream(StagePtr source, std::uint64_t seed, bool reshuffle)
      : Step(std::move(source)), seed_(seed), reshuffle_(reshuffle) {}

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source().iterate(epoch), seed_, reshuffle_ ? epoch : 0);
  }

  std::string description() const override {
    return source().description() + described_step("shuffle", seed_, reshuffle_);
  }

  std::optional<EntryLists> entries(Index epoch) const override {
    auto lists = source().entries(epoch);
    if (!lists) return std::nullopt;
    EntryLists shuffled;
    for (Index place : random_order(Index(lists->size()), seed_, reshuffle_ ? epoch : 0))
      shuffled.push_back(std::move((*lists)[std::size_t(place)]));
    return shuffled;
  }

 private:
  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> source, std::uint64_t seed, Index epoch)
        : source_(std::move(source)), seed_(seed), epoch_(epoch) {}

    std::optional<Example> next() override {
      if (source_) read_all();
      if (place_ == order_.size()) return std::nullopt;
      return std::move(examples_[std::size_t(order_[place_++])]);
    }

    /// The elements have to be read to tell how many there are.
    Index skip(Index count) override {
      if (source_) read_all();
      const Index skipped = std::min(count, Index(order_.size() - place_));
      place_ += std::size_t(skipped);
      return skipped;
    }

   private:
    void read_all() {
      const auto source = std::move(source_);
      while (auto example = source->next()) examples_.push_back(std::move(*example));
      order_ = random_order(Index(examples_.size()), seed_, epoch_);
    }

    std::unique_ptr<Iterator> source_;
    std::uint64_t seed_;
    Index epoch_;
    std::vector<Example> examples_;
    std::vector<Index> order_;
    std::size_t place_ = 0;
  };

  std::uint64_t seed_;
  bool reshuffle_;
};

}  // namespace tanuki::stages
