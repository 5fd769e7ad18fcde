#pragma once

// What a data pipeline is made of. Every step is a Stage: it can be iterated, once an epoch. While the
// elements are single examples the step is also a Table, whose entries can be had by number, in any order and
// on any thread: that is what lets a shuffle permute numbers instead of images, and lets worker threads
// decode ahead. Batching ends the table: after it come streams. A pass depends on (seed, epoch) alone, never
// on the number of threads.

#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/tensor_list.hpp"
#include "tanuki/data/bad_files.hpp"

namespace tanuki {

/// An input and its target. Unbatched: x (height, width, channels), y (k). Batched: a leading batch axis.
struct Example {
  Tensor<Cpu> x, y;  ///< an empty y: no target

  /// The number by which each example in it is known: the same number stands for the same bits of x in every
  /// pass. Any numbers from 0 on, not always consecutive. Empty where that cannot be said, as after a map.
  std::vector<Index> entries = {};

  /// For models of several inputs or outputs: the second one and those after it.
  TensorList more_x = {}, more_y = {};
  /// None, one for all targets or one for each: a number, or batched (batch) of them.
  TensorList sample_weight = {};
};

/// An empty y stands for no targets.
inline bool has_targets(const Tensor<Cpu>& y) { return !(y.shape() == Shape{0}); }

/// The entries of each element of a pass, in its order.
using EntryLists = std::vector<std::vector<Index>>;

/// One pass over the data, for one thread. Keeps alive what it reads from; can be dropped at any time.
class Iterator {
 public:
  Iterator() = default;
  Iterator(const Iterator&) = delete;
  Iterator& operator=(const Iterator&) = delete;
  virtual ~Iterator() = default;

  /// The next element, or nothing at the end. Throws what went wrong while it was made; then the pass is
  /// over.
  virtual std::optional<Example> next() = 0;

  /// Goes past `count` elements, or to the end of the pass, and gives how many there were. What comes then is what it would be
  /// without. Elements are made for that only where nothing else tells what is there, as a file that may be bad.
  virtual Index skip(Index count) {
    Index skipped = 0;
    while (skipped < count && next()) ++skipped;
    return skipped;
  }
};

inline constexpr Index unknown_cardinality = -1;
inline constexpr Index infinite_cardinality = -2;  // a pass never ends

/// One step of a pipeline. Immutable as far as its users can see, so passes may overlap. Lives in a
/// shared_ptr.
class Stage : public std::enable_shared_from_this<Stage> {
 public:
  virtual ~Stage() = default;

  /// How many elements a pass gives, fewer where files turn out to be bad; or one of the two below.
  virtual Index cardinality() const = 0;

  /// The same, as it is before the first pass: a cache may have learned of bad files since.
  virtual Index cardinality_foretold() const { return cardinality(); }

  virtual std::unique_ptr<Iterator> iterate(Index epoch) const = 0;

  /// Whether its elements have entries.
  virtual bool has_entries() const = 0;

  /// The entries of each element of a pass, told without making one, supposing that none turns out to be bad.
  /// Nothing where that cannot be known.
  virtual std::optional<EntryLists> entries(Index epoch) const = 0;

  /// Whether the first axis of an element is over examples.
  virtual bool batched() const = 0;

  /// The files of its elements (of epoch 0) that were found to be bad until now.
  virtual std::vector<BadFile> bad_files() const { return {}; }

  /// What the elements are, as far as that can be told: what is kept in a file was made by a stage of the same
  /// description.
  virtual std::string description() const { return "elements of an own stage"; }
};

/// Single examples, addressed by an entry's number, which stays the same through every later step. at() need
/// not set Example::entries: a pass does.
class Table : public Stage {
 public:
  /// The entries of a pass, in its order.
  virtual std::vector<Index> order(Index epoch) const = 0;

  /// An entry in a pass of that epoch, or nothing where it is bad. Called from several threads at once.
  virtual std::optional<Example> at(Index entry, Index epoch) const = 0;

  /// The file of an entry that at() gave nothing for, where it is known.
  virtual std::optional<BadFile> bad_file(Index) const { return std::nullopt; }

  std::vector<BadFile> bad_files() const final {
    std::vector<BadFile> files;
    for (Index entry : order(0)) {
      if (auto file = bad_file(entry)) files.push_back(std::move(*file));
    }
    return files;
  }

  /// Whether at() gives something, where that is known without making it.
  virtual std::optional<bool> known(Index) const { return std::nullopt; }

  /// The same where it may have to be made for that.
  virtual bool there(Index entry, Index epoch) const { return at(entry, epoch).has_value(); }

  /// The description of what at() gives, whatever order and choice of entries.
  virtual std::string contents() const { return description(); }

  /// On how many threads at() is worth calling; 0: on the caller's own.
  virtual int workers() const { return 0; }

  /// On how many threads a map of it runs that was told no number; 0: on the caller's own.
  virtual int map_workers() const { return workers(); }

  std::unique_ptr<Iterator> iterate(Index epoch) const final;  // table_pass.hpp

  bool has_entries() const override { return true; }
  bool batched() const override { return false; }

  std::optional<EntryLists> entries(Index epoch) const final {
    if (!has_entries()) return std::nullopt;
    EntryLists lists;
    for (Index entry : order(epoch)) lists.push_back({entry});
    return lists;
  }

  /// As at(), with the entry's number where it has one.
  std::optional<Example> numbered(Index entry, Index epoch) const {
    std::optional<Example> example = at(entry, epoch);
    if (!example) return example;
    example->entries.clear();
    if (has_entries()) example->entries.push_back(entry);
    return example;
  }
};

/// 0 … count-1.
inline std::vector<Index> entries_in_order(Index count) {
  std::vector<Index> entries(static_cast<std::size_t>(count));
  std::iota(entries.begin(), entries.end(), Index{0});
  return entries;
}

using StagePtr = std::shared_ptr<const Stage>;
using TablePtr = std::shared_ptr<const Table>;

}  // namespace tanuki
