#pragma once

// Sets side by side: x of an element of some is an input, of others a target or sample weights. The shortest one ends the pass. In
// single examples a bad entry takes its partners along.

#include <algorithm>

#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

/// The inputs, then the targets, then what gives sample weights.
template <class Source>
struct ZippedSets {
  std::vector<std::shared_ptr<const Source>> all;
  std::size_t inputs = 1, targets = 1;

  /// One text of all of them.
  template <class Text>
  std::string describe(const Text& text) const {
    std::string described = "zip(";
    for (std::size_t i = 0; i < all.size(); ++i)
      described += (i == 0 ? "" : i == inputs || i == inputs + targets ? "; " : ", ") + text(*all[i]);
    return described + ")";
  }

  /// Of one element each.
  Example join(std::vector<Example> parts) const {
    TensorList lists[3];
    for (std::size_t i = 0; i < parts.size(); ++i) {
      TensorList& list = lists[i < inputs ? 0 : i < inputs + targets ? 1 : 2];
      list.push_back(std::move(parts[i].x));
      for (auto& more : parts[i].more_x) list.push_back(std::move(more));
    }
    Example example;
    const auto split = [](TensorList& list, Tensor<Cpu>& first, TensorList& more) {
      if (list.empty()) return;
      first = std::move(list.front());
      more.assign(std::make_move_iterator(list.begin() + 1), std::make_move_iterator(list.end()));
    };
    split(lists[0], example.x, example.more_x), split(lists[1], example.y, example.more_y);
    example.sample_weight = std::move(lists[2]);
    return example;
  }
};

/// How many elements come together of so many each.
inline Index zipped(Index x, Index y) {
  if (x == infinite_cardinality) return y;
  if (y == infinite_cardinality) return x;
  return std::min(x, y);  // unknown is below every number
}

template <class Source, class Count>
Index zipped(const ZippedSets<Source>& sets, const Count& count) {
  Index least = infinite_cardinality;
  for (const auto& set : sets.all) least = zipped(least, count(*set));
  return least;
}

/// An entry's number is made of those of its parts. It has entries where all have.
class ZippedTable final : public Table {
 public:
  explicit ZippedTable(ZippedSets<Table> sets)
      : sets_(std::move(sets)), most_(Index{1} << (62 / sets_.all.size())) {}

  Index cardinality() const override {
    return zipped(sets_, [](const Table& set) { return set.cardinality(); });
  }
  int workers() const override {
    return most_workers([](const Table& set) { return set.workers(); });
  }
  int map_workers() const override {
    return most_workers([](const Table& set) { return set.map_workers(); });
  }
  std::string description() const override {
    return sets_.describe([](const Table& set) { return set.description(); });
  }
  std::string contents() const override {
    return sets_.describe([](const Table& set) { return set.contents(); });
  }
  bool has_entries() const override {
    return std::ranges::all_of(sets_.all, [](const TablePtr& set) { return set->has_entries(); });
  }

  std::vector<Index> order(Index epoch) const override {
    std::vector<Index> numbers;
    for (const TablePtr& set : sets_.all) {
      const std::vector<Index> next = set->order(epoch);
      if (&set == &sets_.all.front()) numbers.assign(next.size(), 0);
      numbers.resize(std::min(numbers.size(), next.size()));
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (next[i] >= most_)
          fail("[zip] an entry has the number ", next[i], ", expected less than ", most_,
               ": zip no set that is zipped already");
        numbers[i] = numbers[i] * most_ + next[i];
      }
    }
    return numbers;
  }

  std::optional<Example> at(Index entry, Index epoch) const override {
    const std::vector<Index> entries = parts(entry);
    std::vector<Example> examples;
    for (std::size_t i = 0; i < entries.size(); ++i) {  // all of them: each says of itself that it is bad
      if (auto example = sets_.all[i]->at(entries[i], epoch)) examples.push_back(std::move(*example));
    }
    return examples.size() == entries.size() ? std::optional(sets_.join(std::move(examples))) : std::nullopt;
  }

  std::optional<bool> known(Index entry) const override {
    const std::vector<Index> entries = parts(entry);
    std::optional<bool> all = true;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto one = sets_.all[i]->known(entries[i]);
      if (one && !*one) return false;
      if (!one) all.reset();
    }
    return all;
  }
  bool there(Index entry, Index epoch) const override {
    const std::vector<Index> entries = parts(entry);
    bool all = true;
    for (std::size_t i = 0; i < entries.size(); ++i) all &= sets_.all[i]->there(entries[i], epoch);
    return all;
  }

  std::optional<BadFile> bad_file(Index entry) const override {
    const std::vector<Index> entries = parts(entry);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (auto file = sets_.all[i]->bad_file(entries[i])) return file;
    }
    return std::nullopt;
  }

 private:
  /// The entry of each set.
  std::vector<Index> parts(Index number) const {
    std::vector<Index> entries(sets_.all.size());
    for (std::size_t i = entries.size(); i-- > 0; number /= most_) entries[i] = number % most_;
    return entries;
  }

  template <class Workers>
  int most_workers(const Workers& workers) const {
    int most = 0;
    for (const TablePtr& set : sets_.all) most = std::max(most, workers(*set));
    return most;
  }

  ZippedSets<Table> sets_;
  Index most_;  ///< beyond the numbers of each set's entries
};

/// Elements have no entries.
class ZippedStream final : public Stage {
 public:
  explicit ZippedStream(ZippedSets<Stage> sets) : sets_(std::move(sets)) {}

  Index cardinality() const override {
    return zipped(sets_, [](const Stage& set) { return set.cardinality(); });
  }
  Index cardinality_foretold() const override {
    return zipped(sets_, [](const Stage& set) { return set.cardinality_foretold(); });
  }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(sets_, epoch);
  }

  std::string description() const override {
    return sets_.describe([](const Stage& set) { return set.description(); });
  }
  bool has_entries() const override { return false; }
  std::optional<EntryLists> entries(Index) const override { return std::nullopt; }
  bool batched() const override { return sets_.all.front()->batched(); }

  std::vector<BadFile> bad_files() const override {
    std::vector<BadFile> files;
    for (const StagePtr& set : sets_.all) {
      for (auto& file : set->bad_files()) files.push_back(std::move(file));
    }
    return files;
  }

 private:
  class Pass final : public Iterator {
   public:
    Pass(const ZippedSets<Stage>& sets, Index epoch) : sets_(sets) {
      for (const StagePtr& set : sets.all) passes_.push_back(set->iterate(epoch));
    }

    std::optional<Example> next() override {
      std::vector<Example> examples;
      for (const auto& pass : passes_) {
        auto example = pass->next();
        if (!example) return passes_.clear(), std::nullopt;
        examples.push_back(std::move(*example));
      }
      return examples.empty() ? std::nullopt : std::optional(sets_.join(std::move(examples)));
    }

    Index skip(Index count) override {
      if (passes_.empty()) return 0;
      Index skipped = count;
      for (const auto& pass : passes_) skipped = pass->skip(skipped);
      if (skipped < count) passes_.clear();
      return skipped;
    }

   private:
    ZippedSets<Stage> sets_;
    std::vector<std::unique_ptr<Iterator>> passes_;
  };

  ZippedSets<Stage> sets_;
};

}  // namespace tanuki::stages
