#pragma once

// Small tables for the tests of the stages.

#include <atomic>
#include <set>
#include <vector>

#include "files.hpp"
#include "tanuki/data/dataset.hpp"

namespace test {

using tanuki::Cpu;
using tanuki::Dataset;
using tanuki::Example;
using tanuki::Index;
using tanuki::Shape;
using tanuki::Table;
using tanuki::Tensor;

/// x = 0 … n-1, each (1); y = 10 x.
inline Dataset counting(int n) {
  std::vector<float> x = numbers(0, n), y;
  for (float value : x) y.push_back(10 * value);
  return Dataset::from_tensors(Tensor<Cpu>(Shape{n, 1}, x), Tensor<Cpu>(Shape{n, 1}, y));
}

/// Counts how often its entries are made; those in `bad` cannot be. Decodes on three threads.
class Fragile final : public Table {
 public:
  Fragile(Index count, std::set<Index> bad) : count_(count), bad_(std::move(bad)) {}

  Index cardinality() const override { return count_; }
  int workers() const override { return 3; }
  std::vector<Index> order(Index) const override { return tanuki::entries_in_order(count_); }
  std::optional<Example> at(Index entry, Index) const override {
    ++made;
    if (bad_.contains(entry)) return std::nullopt;
    return Example{Tensor<Cpu>(Shape{1}, {float(entry)}), Tensor<Cpu>(Shape{1}, {float(entry)})};
  }

  mutable std::atomic<int> made{0};

 private:
  Index count_;
  std::set<Index> bad_;
};

/// The entries of every element of a pass.
inline tanuki::EntryLists entries(const Dataset& dataset, Index epoch = 0) {
  tanuki::EntryLists lists;
  for (auto pass = dataset.iterate(epoch); auto example = pass->next();) lists.push_back(example->entries);
  return lists;
}

}  // namespace test
