// Example::entries: which examples an element holds, and what Dataset::entries() foretells of a pass.

#include <catch2/catch.hpp>
#include <map>

#include "tables.hpp"
#include "tanuki/data/image_folder.hpp"

namespace test_entries {

using namespace tanuki;
using test::entries;
using test::numbers;

namespace {

/// x = 100, 101, … n of them, each (1).
Dataset counting(int n) { return Dataset::from_tensors(Tensor<Cpu>(Shape{n, 1}, numbers(100, 100 + n))); }

Example same(Example example) { return example; }

/// The numbers of x behind each entry, over some epochs.
std::map<Index, std::vector<float>> rows(const Dataset& dataset, const std::vector<Index>& epochs) {
  std::map<Index, std::vector<float>> found;
  for (Index epoch : epochs) {
    for (auto pass = dataset.iterate(epoch); auto example = pass->next();) {
      const Index count = Index(example->entries.size());
      REQUIRE(count == example->x.shape()[0]);
      for (Index i = 0; i < count; ++i) {
        const float* row = example->x.data() + i * (example->x.size() / count);
        const std::vector<float> values(row, row + example->x.size() / count);
        const auto [at, is_new] = found.try_emplace(example->entries[std::size_t(i)], values);
        REQUIRE(at->second == values);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("elements say which entries of the table they hold") {
  REQUIRE(entries(counting(3)) == EntryLists{{0}, {1}, {2}});
  REQUIRE(entries(counting(5).batch(2)) == EntryLists{{0, 1}, {2, 3}, {4}});
  REQUIRE(entries(counting(5).skip(1).take(3).batch(2).prefetch(2)) == EntryLists{{1, 2}, {3}});
  REQUIRE(entries(counting(5).batch(2).skip(1).take(1)) == EntryLists{{2, 3}});
}

TEST_CASE("an entry is the same example in every epoch, and foretold") {
  const Dataset data = counting(20).cache();
  const std::vector<Dataset> sets = {
      data.shuffle(3).batch(6).prefetch(2), data.shuffle(3).batch(6, true),
      data.batch(3).shuffle(3).take(5),     data.split({0.5, 0.5}, 1)[1].shuffle(4).batch(4),
      data.shuffle(1).batch(4).cache(),     data.map(same).cache().shuffle(2).batch(7),
  };
  for (const Dataset& set : sets) {
    for (const auto& [entry, row] : rows(set, {0, 1, 5})) REQUIRE(row[0] == float(100 + entry));
    for (Index epoch : {0, 1, 5}) REQUIRE(set.entries(epoch) == entries(set, epoch));
  }
  REQUIRE(entries(sets[0], 0) != entries(sets[0], 1));
}

TEST_CASE("map forgets the entries, and a cache gives them again") {
  for (const int workers : {0, 2}) {
    const Dataset mapped = counting(4).map(same, workers);
    REQUIRE(entries(mapped) == EntryLists(4));
    REQUIRE(entries(mapped.batch(2)) == EntryLists(2));
    REQUIRE_FALSE(mapped.batch(2).entries(0));
    REQUIRE(entries(mapped.cache()) == EntryLists{{0}, {1}, {2}, {3}});
    REQUIRE(entries(mapped.cache().map(same)) == EntryLists(4));
    REQUIRE(mapped.cache().entries(0) == EntryLists{{0}, {1}, {2}, {3}});
  }
  const Dataset batches = counting(5).shuffle(1).batch(2).map(same);
  REQUIRE(entries(batches) == EntryLists(3));
  REQUIRE_FALSE(batches.entries(0));
  const Dataset kept = batches.cache();
  REQUIRE_FALSE(kept.entries(0));  // without entries before, only the pass can tell
  for (Index epoch : {2, 0, 1}) REQUIRE(entries(kept, epoch) == EntryLists{{0, 1}, {2, 3}, {4}});
  REQUIRE(kept.entries(3) == EntryLists{{0, 1}, {2, 3}, {4}});
  REQUIRE(rows(kept.shuffle(2), {0, 1}).size() == 5);
}

TEST_CASE("a cache of batches keeps epoch 0, whichever pass comes first") {
  const Dataset source = counting(30).shuffle(5).batch(4);
  for (Index first : {0, 3}) {
    const Dataset cached = source.cache();
    REQUIRE(test::all(cached, first) == test::all(source, 0));
    REQUIRE(test::all(cached, 1) == test::all(source, 0));
  }
}

TEST_CASE("image files have entries; a bad one is foretold, and missing") {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 4; ++i)
    test::write(folder / ("a/" + std::to_string(i) + ".png"), test::plain("png", 2, 2, std::uint8_t(i)));
  test::write(folder / "a/1.png", {1});
  const Dataset data = image_dataset_from_directory(
      folder.path(),
      {.batch_size = 2, .image_size = {2, 2}, .shuffle = false, .workers = 2, .on_bad_file = [](auto&) {}});
  REQUIRE(data.entries(0) == EntryLists{{0, 1}, {2, 3}});
  REQUIRE(entries(data) == EntryLists{{0, 2}, {3}});
}

}  // namespace test_entries
