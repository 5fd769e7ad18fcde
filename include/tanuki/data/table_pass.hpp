#pragma once

// A pass over a table: its entries by number, made in place or by threads that read ahead. To go past some is to count those that
// are there.

#include "tanuki/data/description.hpp"
#include "tanuki/data/read_ahead.hpp"

namespace tanuki {

/// Where a pass over a table is. Only one thread goes on at a time.
class TablePlace {
 public:
  TablePlace(TablePtr table, Index epoch)
      : table_(std::move(table)), order_(table_->order(epoch)), epoch_(epoch) {}

  /// How many numbers are left, bad ones too.
  Index left() const { return Index(order_.size()) - first_; }

  /// What is `ahead` numbers further on; nothing for a bad one. Any thread.
  std::optional<Example> at(Index ahead) const {
    return table_->numbered(order_[std::size_t(first_ + ahead)], epoch_);
  }

  void advance() { ++first_; }

  /// As Iterator::skip(). Entries of which nothing is known are made, on the table's threads.
  Index skip(Index count) {
    Index skipped = 0;
    while (skipped < count && left() > 0) {
      const std::vector<char> there = look(std::min(count - skipped, left()));
      first_ += Index(there.size());
      skipped += Index(std::count(there.begin(), there.end(), char{1}));
    }
    return skipped;
  }

 private:
  /// Which of the next numbers are there.
  std::vector<char> look(Index count) const {
    std::vector<char> there(static_cast<std::size_t>(count));
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < there.size(); ++i) {
      const auto known = table_->known(entry(i));
      if (known)
        there[i] = *known;
      else
        open.push_back(i);
    }
    const auto read = [&](Index i) -> ReadAhead::Item {
      if (i >= Index(open.size())) return {.example = {}, .end = true};
      const std::size_t place = open[std::size_t(i)];
      there[place] = table_->there(entry(place), epoch_);
      return {};
    };
    const int workers = table_->workers();
    if (workers == 0)
      for (Index i = 0; i < Index(open.size()); ++i) read(i);
    else if (!open.empty())
      ReadAhead(read, workers, Index{4} * workers).next();
    return there;
  }

  Index entry(std::size_t ahead) const { return order_[std::size_t(first_) + ahead]; }

  TablePtr table_;
  std::vector<Index> order_;
  Index epoch_, first_ = 0;
};

/// The pass without threads of its own.
class ReadInPlace final : public Iterator {
 public:
  explicit ReadInPlace(TablePlace place) : place_(std::move(place)) {}

  std::optional<Example> next() override {
    while (place_.left() > 0) {
      auto example = place_.at(0);
      place_.advance();
      if (example) return example;
    }
    return std::nullopt;
  }

  Index skip(Index count) override { return place_.skip(count); }

 private:
  TablePlace place_;
};

inline std::unique_ptr<Iterator> Table::iterate(Index epoch) const {
  TablePlace place(std::static_pointer_cast<const Table>(shared_from_this()), epoch);
  const int threads = workers();
  if (threads == 0) return std::make_unique<ReadInPlace>(std::move(place));
  const auto shared = std::make_shared<TablePlace>(std::move(place));
  const auto read = [shared](Index ahead) -> ReadAhead::Item {
    if (ahead >= shared->left()) return {.example = {}, .end = true};
    return {.example = shared->at(ahead), .end = false};
  };
  return std::make_unique<ReadAhead>(read, threads, Index{4} * threads,
                                     [shared](Index count) { return shared->skip(count); });
}

}  // namespace tanuki
