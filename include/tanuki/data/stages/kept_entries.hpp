#pragma once

// Which entries of a table a cache keeps: those of its epoch 0, whichever pass comes first.

#include <algorithm>

#include "tanuki/data/stage.hpp"

namespace tanuki::stages {

class KeptEntries {
 public:
  explicit KeptEntries(const Table& source) : first_(source.order(0)), sorted_(sorted(first_)) {}

  /// In rising order.
  const std::vector<Index>& all() const { return sorted_; }

  /// That of the source where it has the same entries, as after a shuffle; where it has others, as after shuffle().take(n), that
  /// of epoch 0.
  std::vector<Index> order(const Table& source, Index epoch) const {
    std::vector<Index> order = source.order(epoch);
    return sorted(order) == sorted_ ? order : first_;
  }

 private:
  static std::vector<Index> sorted(std::vector<Index> entries) {
    std::sort(entries.begin(), entries.end());
    return entries;
  }

  std::vector<Index> first_, sorted_;
};

}  // namespace tanuki::stages
