#pragma once

// A data pipeline, put together as with tf.data:
//   auto train = image_dataset_from_directory(dir, {.image_size = {150, 150}, .batch_size = 0})
//                    .cache().shuffle(seed).batch(32).prefetch(10);
//   for (auto pass = train.iterate(epoch); auto batch = pass->next();) …
// A Dataset is a handle: copies share the pipeline, a cache included, and each step gives a new handle. A
// pass is a function of (seed, epoch), whatever the number of threads. Steps throw Error on arguments out of
// range.

#include <concepts>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "tanuki/data/bad_files.hpp"
#include "tanuki/data/stages/batch.hpp"
#include "tanuki/data/stages/cache.hpp"
#include "tanuki/data/stages/file_cache.hpp"
#include "tanuki/data/stages/generator.hpp"
#include "tanuki/data/stages/map.hpp"
#include "tanuki/data/stages/prefetch.hpp"
#include "tanuki/data/stages/repeat.hpp"
#include "tanuki/data/stages/shard.hpp"
#include "tanuki/data/stages/shuffle.hpp"
#include "tanuki/data/stages/slice.hpp"
#include "tanuki/data/stages/tensors.hpp"
#include "tanuki/data/stages/unbatch.hpp"
#include "tanuki/data/stages/zip.hpp"

namespace tanuki {

/// Where the examples come from, for those that come from files.
struct Origin {
  std::vector<std::string> class_names;  // class k is called class_names[k]
  std::vector<std::string> file_paths;
  std::shared_ptr<BadFiles> bad_files = std::make_shared<BadFiles>();
  std::vector<std::shared_ptr<BadFiles>> partners = {};  ///< of what was zipped with it
};

class Dataset {
 public:
  /// No data.
  Dataset() = default;
  explicit Dataset(StagePtr stage, std::shared_ptr<const Origin> origin = std::make_shared<Origin>())
      : stage_(std::move(stage)), origin_(std::move(origin)) {}

  explicit operator bool() const { return stage_ != nullptr; }

  /// Rows of x (n, …) with rows of y (n, …); without y, examples have an empty target. For a model of several inputs or outputs
  /// a list of each. sample_weight (n): none, one, or one for each y.
  static Dataset from_tensors(TensorList x, TensorList y = {}, TensorList sample_weight = {}) {
    return Dataset(std::make_shared<stages::Tensors>(std::move(x), std::move(y), std::move(sample_weight)));
  }

  /// What the function that `generator` gives for a pass gives: single examples unless options.batched.
  static Dataset from_generator(ExampleGenerator generator, GeneratorOptions options = {}) {
    if (!generator) fail("[from_generator] no function was given");
    if (options.cardinality < infinite_cardinality)
      fail("[from_generator] cardinality is ", options.cardinality, ", expected 0 or more, ",
           unknown_cardinality, " (unknown) or ", infinite_cardinality, " (infinite)");
    return Dataset(std::make_shared<stages::Generated>(std::move(generator), options));
  }

  /// Pairs: x of an element of `x`, and as its target x of the element of `y` at the same place. The targets of
  /// both are dropped; the shorter set ends a pass. Names of classes and paths are those of `x`, bad files those of both.
  template <std::same_as<Dataset> One>  // lists in braces are those below
  static Dataset zip(const One& x, const One& y) {
    return zip(std::vector{x}, std::vector{y});
  }

  /// The same for several inputs or targets, or none: each is x of an element of another set, and so are sample weights: none, one for
  /// all targets or one for each. Names of classes and paths are those of the first input.
  static Dataset zip(const std::vector<Dataset>& x, const std::vector<Dataset>& y,
                     const std::vector<Dataset>& sample_weight = {}) {
    if (x.empty()) fail("[zip] there is no x");
    std::vector<Dataset> all = x;
    all.insert(all.end(), y.begin(), y.end());
    all.insert(all.end(), sample_weight.begin(), sample_weight.end());
    stages::ZippedSets<Table> tables{{}, x.size(), y.size()};
    stages::ZippedSets<Stage> streams{{}, x.size(), y.size()};
    for (const Dataset& set : all) {
      const StagePtr& stage = set.stage("zip");
      if (stage->batched() != x[0].stage("zip")->batched())
        fail("[zip] some are batched and others are single examples: zip before batch");
      streams.all.push_back(stage);
      if (TablePtr table = set.table()) tables.all.push_back(std::move(table));
    }
    Dataset next = tables.all.size() == all.size() ? all[0].then<stages::ZippedTable>(std::move(tables))
                                                   : all[0].then<stages::ZippedStream>(std::move(streams));
    auto origin = std::make_shared<Origin>(*all[0].origin_);
    for (std::size_t i = 1; i < all.size(); ++i) {
      origin->partners.push_back(all[i].origin_->bad_files);
      for (const auto& partner : all[i].origin_->partners) origin->partners.push_back(partner);
      next.random_ |= all[i].random_, next.caches_randomness_ |= all[i].caches_randomness_;
    }
    next.origin_ = std::move(origin);
    return next;
  }

  /// Elements (batches, once batched) of a pass: fewer where files turn out to be bad, unknown_cardinality (-1)
  /// where it is not known, infinite_cardinality (-2) where a pass never ends.
  Index cardinality() const { return stage("cardinality")->cardinality(); }

  /// The same, as it is before the first pass: a cache may have learned of bad files since.
  Index cardinality_foretold() const { return stage("cardinality")->cardinality_foretold(); }

  std::unique_ptr<Iterator> iterate(Index epoch) const { return stage("iterate")->iterate(epoch); }

  /// The entries (Example) of each element of a pass, told without making one: which examples come in which
  /// batch, supposing that no file is bad. Nothing where only the pass itself can tell.
  std::optional<EntryLists> entries(Index epoch) const { return stage("entries")->entries(epoch); }
  /// Whether its elements have entries.
  bool has_entries() const { return stage("has_entries")->has_entries(); }

  /// Keeps the elements of epoch 0 in memory, of single examples in the order of each epoch where that has the same ones, of
  /// batches in the order of epoch 0.
  Dataset cache() const {
    const TablePtr table = this->table();
    return (table ? then<stages::CachedTable>(table) : then<stages::CachedStream>(ending("cache"))).cached();
  }

  /// Keeps the elements in a file, for this run and later ones; it is there once every element was made, and until then each
  /// is made again. A damaged file is made again, which a line on stderr tells. Throws Error for a file that is something
  /// else, or whose elements were made by other steps or from other data, told by the names and sizes of files and the shapes of
  /// tensors. Other contents of the same size, or another function given to map(), are not noticed. The
  /// files whose content is bad are known from it, and reported at once, by the paths that they had; those that could not be opened
  /// or read are tried again by the next run, for which a file of batches waits.
  Dataset cache(const std::filesystem::path& file) const {
    if (file.empty()) fail("[cache] the name of the file is empty");
    const TablePtr table = this->table();
    return (table ? then<stages::FileCachedTable>(table, file.string(), *origin_->bad_files)
                  : then<stages::FileCachedStream>(ending("cache"), file.string(), *origin_->bad_files))
        .cached();
  }
  /// A map with random numbers was cached: each epoch has the same ones.
  bool caches_randomness() const { return caches_randomness_; }

  /// All elements in random order, another one each epoch (or always that of epoch 0).
  Dataset shuffle(std::uint64_t seed = 0, bool reshuffle_each_iteration = true) const {
    if (const TablePtr table = this->table())
      return then<stages::ShuffledTable>(table, seed, reshuffle_each_iteration);
    return then<stages::ShuffledStream>(ending("shuffle"), seed, reshuffle_each_iteration);
  }

  /// The first `count` elements of each pass. After a shuffle these are others each epoch: to part a set, use
  /// split. Before batching a bad file counts as an element.
  Dataset take(Index count) const {
    if (count < 0) fail("[take] ", count, " elements, expected 0 or more");
    return slice("take", 0, count);
  }
  Dataset skip(Index count) const {
    if (count < 0) fail("[skip] ", count, " elements, expected 0 or more");
    return slice("skip", count, std::numeric_limits<Index>::max());
  }

  /// One part of `count`: every count-th element of a pass, from number `index` on. After a shuffle the parts
  /// are disjoint where all have the same seed. Before batching a bad file counts as an element.
  Dataset shard(Index count, Index index) const {
    if (count < 1) fail("[shard] ", count, " parts, expected 1 or more");
    if (index < 0 || index >= count)
      fail("[shard] part ", index, " of ", count, ", expected 0 to ", count - 1);
    if (const TablePtr table = this->table()) return then<stages::ShardOfTable>(table, count, index);
    return then<stages::ShardOfStream>(stage("shard"), count, index);
  }

  /// `count` passes as one, each with its own shuffle; -1: a pass never ends, so fit() needs steps_per_epoch.
  Dataset repeat(Index count = -1) const {
    constexpr Index most = 1 << 30;
    if (count < -1 || count > most)
      fail("[repeat] ", count, " times, expected 0 to ", most, ", or -1 for ever");
    return then<stages::Repeated>(stage("repeat"), count);
  }

  /// fn on every element, in order: on `workers` threads, of which each has up to two elements in the making. 0: in the threads
  /// that make the element, behind a cache as many as made what is cached; of a stream, as after batch, in the caller's.
  Dataset map(ExampleFunction fn, int workers = 0) const {
    if (!fn) fail("[map] no function was given");
    return mapped([fn = std::move(fn)](Example example, Random) { return fn(std::move(example)); }, 0,
                  workers);
  }

  /// fn with random numbers that depend on seed, epoch and entry (in a stream: place) alone.
  Dataset map(RandomExampleFunction fn, std::uint64_t seed, int workers = 0) const {
    if (!fn) fail("[map] no function was given");
    Dataset next = mapped(std::move(fn), seed, workers);
    next.random_ = true;
    return next;
  }

  /// Stacks `size` elements; the last batch may be smaller.
  Dataset batch(Index size, bool drop_remainder = false) const {
    if (size < 1) fail("[batch] ", size, " elements, expected 1 or more");
    return then<stages::Batched>(stage("batch"), size, drop_remainder);
  }

  /// The examples of batches, one by one.
  Dataset unbatch() const {
    if (!stage("unbatch")->batched()) fail("[unbatch] the elements are single examples: expected batches");
    return then<stages::Unbatched>(stage_);
  }

  /// Up to `count` elements are made ahead, on a thread of their own.
  Dataset prefetch(Index count) const {
    constexpr Index most = 1 << 20;
    if (count < 0 || count > most) fail("[prefetch] ", count, " elements, expected 0 to ", most);
    return count ? then<stages::Prefetched>(stage("prefetch"), count) : *this;
  }

  /// Disjoint parts, {0.4, 0.1, 0.1} of a set in the random order of `seed`: the guide's take and skip, which
  /// no later shuffle can mix up. Classes are not balanced. Bounds are rounded, so parts may differ by one.
  std::vector<Dataset> split(const std::vector<double>& fractions, std::uint64_t seed = 0) const {
    const TablePtr all = then_table("split");
    std::vector<Index> entries = stages::ShuffledTable(all, seed, false).order(0);
    const auto bound = [&](double share) { return Index(share * double(entries.size()) + 0.5 + 1e-9); };
    std::vector<Dataset> parts;
    double share = 0;
    for (double fraction : fractions) {
      if (!(fraction > 0 && share + fraction <= 1 + 1e-9))
        fail("[split] a fraction is ", fraction, ": expected positive ones with a sum of at most 1");
      const auto first = entries.begin() + bound(share), last = entries.begin() + bound(share + fraction);
      if (first == last) fail("[split] ", fraction, " of ", entries.size(), " examples is none");
      parts.push_back(then<stages::Subset>(all, std::vector<Index>(first, last)));
      share += fraction;
    }
    return parts;
  }

  /// Empty where the data are no files.
  const std::vector<std::string>& class_names() const { return origin_->class_names; }
  const std::vector<std::string>& file_paths() const { return origin_->file_paths; }

  /// The files that were skipped until now, in any part or pass, by path.
  std::vector<BadFile> bad_files() const {
    std::map<std::string, BadFile> files;
    const auto add = [&](const BadFiles& some) {
      for (BadFile& file : some.list()) files.emplace(file.path, std::move(file));
    };
    add(*origin_->bad_files);
    for (const auto& partner : origin_->partners) add(*partner);
    std::vector<BadFile> sorted;
    for (auto& [path, file] : files) sorted.push_back(std::move(file));
    return sorted;
  }

 private:
  const StagePtr& stage(const char* step) const {
    if (!stage_) fail("[", step, "] the dataset is empty: make one with from_tensors or from a directory");
    return stage_;
  }
  const StagePtr& ending(const char* step) const {
    if (stage(step)->cardinality() == infinite_cardinality)
      fail("[", step, "] the dataset never ends: ", step, " before repeat");
    return stage_;
  }
  TablePtr table() const { return std::dynamic_pointer_cast<const Table>(stage_); }
  TablePtr then_table(const char* step) const {
    stage(step);
    const TablePtr table = this->table();
    if (!table) fail("[", step, "] needs single examples: ", step, " before batch and prefetch");
    return table;
  }

  template <class Next, class... Args>
  Dataset then(Args&&... args) const {
    Dataset next(std::make_shared<Next>(std::forward<Args>(args)...), origin_);
    next.random_ = random_, next.caches_randomness_ = caches_randomness_;
    return next;
  }

  Dataset cached() && {
    caches_randomness_ |= std::exchange(random_, false);
    return std::move(*this);
  }

  Dataset mapped(RandomExampleFunction fn, std::uint64_t seed, int workers) const {
    if (workers < 0) fail("[map] ", workers, " workers, expected 0 or more");
    if (const TablePtr table = this->table())
      return then<stages::MappedTable>(table, std::move(fn), seed, workers);
    return then<stages::MappedStream>(stage("map"), std::move(fn), seed, workers);
  }

  Dataset slice(const char* step, Index first, Index count) const {
    if (const TablePtr table = this->table()) return then<stages::SlicedTable>(table, first, count);
    return then<stages::SlicedStream>(stage(step), first, count);
  }

  StagePtr stage_;
  std::shared_ptr<const Origin> origin_ = std::make_shared<Origin>();
  bool random_ = false, caches_randomness_ = false;
};

}  // namespace tanuki
