#pragma once

// Two sets side by side: x of an element of the first with x of the second as its target. The shorter one ends
// the pass. In single examples a bad entry takes its partner along.

#include <algorithm>

#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

/// How many pairs there are of so many elements each.
inline Index zipped(Index x, Index y) {
  if (x == infinite_cardinality) return y;
  if (y == infinite_cardinality) return x;
  return std::min(x, y);  // unknown is below every number
}

/// A pair's number is made of those of its two entries. It has entries where both have.
class ZippedTable final : public Table {
 public:
  ZippedTable(TablePtr x, TablePtr y) : x_(std::move(x)), y_(std::move(y)) {}

  Index cardinality() const override { return zipped(x_->cardinality(), y_->cardinality()); }
  int workers() const override { return std::max(x_->workers(), y_->workers()); }
  int map_workers() const override { return std::max(x_->map_workers(), y_->map_workers()); }
  std::string description() const override {
    return "zip(" + x_->description() + "; " + y_->description() + ")";
  }
  std::string contents() const override { return "zip(" + x_->contents() + "; " + y_->contents() + ")"; }
  bool has_entries() const override { return x_->has_entries() && y_->has_entries(); }

  std::vector<Index> order(Index epoch) const override {
    std::vector<Index> pairs = x_->order(epoch);
    const std::vector<Index> y = y_->order(epoch);
    pairs.resize(std::min(pairs.size(), y.size()));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (std::max(pairs[i], y[i]) >= most)
        fail("[zip] an entry has the number ", std::max(pairs[i], y[i]), ", expected less than ", most,
             ": zip no set that is zipped already");
      pairs[i] = pairs[i] * most + y[i];
    }
    return pairs;
  }

  std::optional<Example> at(Index entry, Index epoch) const override {
    auto x = x_->at(entry / most, epoch);
    auto y = y_->at(entry % most, epoch);
    return x && y ? std::optional(Example{std::move(x->x), std::move(y->x)}) : std::nullopt;
  }

  std::optional<bool> known(Index entry) const override {
    const auto x = x_->known(entry / most), y = y_->known(entry % most);
    if ((x && !*x) || (y && !*y)) return false;
    return x && y ? std::optional(true) : std::nullopt;
  }
  bool there(Index entry, Index epoch) const override {
    const bool x = x_->there(entry / most, epoch), y = y_->there(entry % most, epoch);
    return x && y;
  }

  std::optional<BadFile> bad_file(Index entry) const override {
    auto x = x_->bad_file(entry / most);
    return x ? x : y_->bad_file(entry % most);
  }

 private:
  static constexpr Index most = Index{1} << 31;

  TablePtr x_, y_;
};

/// Elements have no entries.
class ZippedStream final : public Stage {
 public:
  ZippedStream(StagePtr x, StagePtr y) : x_(std::move(x)), y_(std::move(y)) {}

  Index cardinality() const override { return zipped(x_->cardinality(), y_->cardinality()); }
  Index cardinality_foretold() const override {
    return zipped(x_->cardinality_foretold(), y_->cardinality_foretold());
  }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(x_->iterate(epoch), y_->iterate(epoch));
  }

  std::string description() const override {
    return "zip(" + x_->description() + "; " + y_->description() + ")";
  }
  bool has_entries() const override { return false; }
  std::optional<EntryLists> entries(Index) const override { return std::nullopt; }
  bool batched() const override { return x_->batched(); }

  std::vector<BadFile> bad_files() const override {
    auto files = x_->bad_files();
    for (auto& file : y_->bad_files()) files.push_back(std::move(file));
    return files;
  }

 private:
  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> x, std::unique_ptr<Iterator> y) : x_(std::move(x)), y_(std::move(y)) {}

    std::optional<Example> next() override {
      if (!x_) return std::nullopt;
      auto x = x_->next();
      auto y = x ? y_->next() : std::nullopt;
      if (y) return Example{std::move(x->x), std::move(y->x)};
      x_.reset();
      y_.reset();
      return std::nullopt;
    }

    Index skip(Index count) override {
      if (!x_) return 0;
      const Index x = x_->skip(count), y = y_->skip(x);
      if (y < count) x_.reset(), y_.reset();
      return y;
    }

   private:
    std::unique_ptr<Iterator> x_, y_;
  };

  StagePtr x_, y_;
};

}  // namespace tanuki::stages
