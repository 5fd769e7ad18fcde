#include <catch2/catch.hpp>
#include <set>

#include "files.hpp"
#include "tables.hpp"

namespace test_dataset {

using namespace tanuki;
using Catch::Contains;
using test::all;
using test::counting;
using test::Fragile;
using test::numbers;
using test::sorted;

namespace {

std::vector<Shape> shapes(const Dataset& dataset) {
  std::vector<Shape> found;
  for (auto pass = dataset.iterate(0); auto example = pass->next();) found.push_back(example->x.shape());
  return found;
}

Example plus_one(Example example) {
  example.x.data()[0] += 1;
  return example;
}

}  // namespace

TEST_CASE("from_tensors gives rows with their targets") {
  const Dataset data =
      Dataset::from_tensors(Tensor<Cpu>(Shape{2, 1, 3}, {1, 2, 3, 4, 5, 6}), Tensor<Cpu>(Shape{2}, {7, 8}));
  REQUIRE(data.cardinality() == 2);
  auto pass = data.iterate(0);
  pass->next();
  const auto second = pass->next();
  REQUIRE(second->x.shape() == Shape{1, 3});
  REQUIRE(second->x.to_vector() == std::vector<float>{4, 5, 6});
  REQUIRE(second->y.shape() == Shape{});
  REQUIRE(second->y.to_vector() == std::vector<float>{8});
  REQUIRE_FALSE(pass->next());
  REQUIRE_FALSE(pass->next());
}

TEST_CASE("from_tensors does without targets, and refuses what does not fit") {
  const Dataset data = Dataset::from_tensors(Tensor<Cpu>(Shape{3, 2})).batch(2);
  REQUIRE(data.iterate(0)->next()->y.size() == 0);
  REQUIRE_THROWS_WITH(Dataset::from_tensors(Tensor<Cpu>(Shape{3, 2}), Tensor<Cpu>(Shape{4, 1})),
                      Contains("(3, 2)") && Contains("(4, 1)"));
  REQUIRE_THROWS_WITH(Dataset::from_tensors(Tensor<Cpu>(Shape{})), Contains("first axis"));
  REQUIRE(all(Dataset::from_tensors(Tensor<Cpu>(Shape{0, 2}))).empty());
}

TEST_CASE("batch stacks; the last one is smaller or dropped") {
  const Dataset batches = counting(7).batch(3);
  REQUIRE(batches.cardinality() == 3);
  REQUIRE(shapes(batches) == std::vector<Shape>{{3, 1}, {3, 1}, {1, 1}});
  REQUIRE(all(batches) == numbers(0, 7));
  REQUIRE(batches.iterate(0)->next()->y.to_vector() == std::vector<float>{0, 10, 20});
  REQUIRE(counting(7).batch(3, true).cardinality() == 2);
  REQUIRE(all(counting(7).batch(3, true)) == numbers(0, 6));
  REQUIRE(counting(6).batch(3).cardinality() == 2);
  REQUIRE_THROWS_WITH(counting(7).batch(0), Contains("[batch] 0"));
}

TEST_CASE("batch refuses elements of different shapes") {
  const Dataset data = counting(3).map([](Example example) {
    if (example.x.data()[0] == 1) example.x = Tensor<Cpu>(Shape{2});
    return example;
  });
  REQUIRE_THROWS_WITH(data.batch(3).iterate(0)->next(), Contains("(2,)") && Contains("(1,)"));
}

TEST_CASE("batches stay full when entries are bad") {
  const auto table = std::make_shared<Fragile>(10, std::set<Index>{0, 4, 5, 9});
  const Dataset batches = Dataset(table).batch(3);
  REQUIRE(batches.cardinality() == 4);  // an upper bound
  REQUIRE(shapes(batches) == std::vector<Shape>{{3, 1}, {3, 1}});
  REQUIRE(all(batches) == std::vector<float>{1, 2, 3, 6, 7, 8});
}

TEST_CASE("shuffle is a whole permutation, a function of seed and epoch") {
  for (const bool batched : {false, true}) {
    const Dataset data = batched ? counting(50).batch(1) : counting(50);
    const Dataset shuffled = data.shuffle(1);
    REQUIRE(shuffled.cardinality() == 50);
    const auto first = all(shuffled, 0);
    REQUIRE(sorted(first) == numbers(0, 50));
    REQUIRE(first != numbers(0, 50));
    REQUIRE(all(shuffled, 0) == first);
    REQUIRE(all(data.shuffle(1), 0) == first);
    REQUIRE(all(shuffled, 1) != first);
    REQUIRE(sorted(all(shuffled, 1)) == numbers(0, 50));
    REQUIRE(all(data.shuffle(2), 0) != first);
    const Dataset once = data.shuffle(1, false);
    REQUIRE(all(once, 0) == first);
    REQUIRE(all(once, 3) == first);
  }
}

TEST_CASE("take and skip cut a pass") {
  for (const bool batched : {false, true}) {
    const Dataset data = batched ? counting(6).batch(1) : counting(6);
    REQUIRE(all(data.take(4)) == numbers(0, 4));
    REQUIRE(all(data.skip(4)) == numbers(4, 6));
    REQUIRE(all(data.skip(1).take(3)) == numbers(1, 4));
    REQUIRE(data.skip(1).take(3).cardinality() == 3);
    REQUIRE(data.skip(5).take(3).cardinality() == 1);
    REQUIRE(all(data.take(100)) == numbers(0, 6));
    REQUIRE(all(data.take(0)).empty());
    REQUIRE(all(data.skip(100)).empty());
    REQUIRE(data.skip(100).cardinality() == 0);
    REQUIRE_THROWS_WITH(data.take(-1), Contains("[take] -1"));
    REQUIRE_THROWS_WITH(data.skip(-1), Contains("[skip] -1"));
  }
}

TEST_CASE("map changes each element") {
  REQUIRE(all(counting(5).map(plus_one)) == numbers(1, 6));
  REQUIRE(all(counting(5).map(plus_one, 3)) == numbers(1, 6));
  REQUIRE(all(counting(5).batch(1).map(plus_one)) == numbers(1, 6));
  REQUIRE(counting(5).map(plus_one).cardinality() == 5);
  REQUIRE_THROWS_AS(counting(5).map(nullptr), Error);
  REQUIRE_THROWS_AS(counting(5).map(plus_one, -1), Error);
  REQUIRE(all(counting(5).batch(1).map(plus_one, 2)) == numbers(1, 6));
  REQUIRE_THROWS_WITH(counting(5).batch(1).map(plus_one, -1), Contains("[map] -1 workers"));
}

TEST_CASE("what map throws reaches the consumer through every later step") {
  for (const int workers : {0, 3}) {
    const Dataset data = counting(20)
                             .map(
                                 [](Example example) {
                                   if (example.x.data()[0] == 13) fail("thirteen");
                                   return example;
                                 },
                                 workers)
                             .cache()
                             .batch(5)
                             .prefetch(2);
    auto pass = data.iterate(0);
    REQUIRE(pass->next());
    REQUIRE(pass->next());
    REQUIRE_THROWS_WITH(pass->next(), "thirteen");
    REQUIRE_FALSE(pass->next());
  }
}

TEST_CASE("cache makes each entry once, bad ones too, and leaves the order free") {
  const auto table = std::make_shared<Fragile>(20, std::set<Index>{3});
  const Dataset cached = Dataset(table).cache();
  const Dataset shuffled = cached.shuffle(5);
  const auto first = all(shuffled, 0);
  REQUIRE(table->made == 20);
  REQUIRE(all(shuffled, 1) != first);
  REQUIRE(sorted(all(shuffled, 1)) == sorted(first));
  REQUIRE(all(cached).size() == 19);
  REQUIRE(table->made == 20);
}

TEST_CASE("a cache of some of the examples keeps those of epoch 0, whichever pass comes first") {
  const test::TemporaryFolder folder;
  const Dataset source = counting(20).shuffle(5);
  const std::pair<const char*, Dataset> sets[] = {
      {"take", source.take(6)}, {"skip", source.skip(14)}, {"shard", source.shard(4, 1)}};
  for (const auto& [name, some] : sets) {
    REQUIRE(sorted(all(some, 1)) != sorted(all(some, 0)));
    for (const bool in_file : {false, true}) {
      CAPTURE(name, in_file);
      const Dataset cached = in_file ? some.cache(folder / name) : some.cache();
      for (Index epoch : {3, 0, 1, 2}) CHECK(sorted(all(cached, epoch)) == sorted(all(some, 0)));
      CHECK(all(cached.shuffle(1), 1) != all(cached.shuffle(1), 2));
      CHECK(cached.entries(3) == some.entries(0));
    }
    CHECK(std::filesystem::exists(folder / name));
  }
}

TEST_CASE("a cache of batches keeps its first whole pass") {
  const auto table = std::make_shared<Fragile>(9, std::set<Index>{3});
  const Dataset cached = Dataset(table).shuffle(5).batch(2).cache();
  REQUIRE(cached.cardinality() == 5);
  {
    auto dropped = cached.iterate(0);
    dropped->next();
  }
  const auto first = all(cached, 0);
  const int made = table->made;
  REQUIRE(all(cached, 1) == first);
  REQUIRE(all(cached, 0) == first);
  REQUIRE(table->made == made);
  REQUIRE(cached.cardinality() == 4);
  REQUIRE(cached.cardinality_foretold() == 5);
}

TEST_CASE("what is foretold of a pass does not change when a cache learns of bad files") {
  const test::TemporaryFolder folder;
  const std::pair<const char*, std::function<Dataset(Dataset)>> steps[] = {
      {"map", [](Dataset data) { return data.map([](Example e) { return e; }); }},
      {"shuffle", [](Dataset data) { return data.shuffle(1); }},
      {"prefetch", [](Dataset data) { return data.prefetch(2); }},
      {"repeat", [](Dataset data) { return data.repeat(2); }},
      {"take", [](Dataset data) { return data.take(10); }},
      {"shard", [](Dataset data) { return data.shard(1, 0); }},
      {"batch", [](Dataset data) { return data.batch(1); }},
      {"cache", [](Dataset data) { return data.cache(); }},
      {"zip", [](Dataset data) { return Dataset::zip(data, counting(20).batch(1)); }}};
  for (const auto& [name, step] : steps) {
    for (const bool in_file : {false, true}) {
      CAPTURE(name, in_file);
      const Dataset batches = Dataset(std::make_shared<Fragile>(9, std::set<Index>{3})).batch(2);
      const Dataset data = step(in_file ? batches.cache(folder / name) : batches.cache());
      const Index before = data.cardinality();
      CHECK(data.cardinality_foretold() == before);
      all(data);
      CHECK(data.cardinality() < before);
      CHECK(data.cardinality_foretold() == before);
    }
  }
}

TEST_CASE("what a consumer does to an element does not reach the cache") {
  for (const bool batched : {false, true}) {
    const Dataset cached = (batched ? counting(3).batch(1) : counting(3)).cache();
    for (int pass = 0; pass < 2; ++pass) {
      for (auto it = cached.iterate(pass); auto example = it->next();) example->x.data()[0] = -1;
    }
    REQUIRE(all(cached) == numbers(0, 3));
  }
}

TEST_CASE("prefetch gives the same pass, and can be dropped") {
  const auto table = std::make_shared<Fragile>(100, std::set<Index>{7});
  const Dataset data = Dataset(table).shuffle(3).batch(8);
  REQUIRE(all(data.prefetch(4), 2) == all(data, 2));
  REQUIRE(data.prefetch(4).cardinality() == data.cardinality());
  REQUIRE(all(data.prefetch(0)) == all(data));
  REQUIRE_THROWS_AS(data.prefetch(-1), Error);
  for (int taken = 0; taken < 4; ++taken) {
    auto pass = data.prefetch(2).prefetch(3).iterate(0);
    for (int i = 0; i < taken; ++i) REQUIRE(pass->next());
  }
}

TEST_CASE("a pass outlives the dataset, and passes overlap") {
  std::unique_ptr<Iterator> pass;
  {
    const Dataset data =
        Dataset(std::make_shared<Fragile>(30, std::set<Index>{})).cache().batch(4).prefetch(2);
    pass = data.iterate(0);
    auto other = data.iterate(0);
    for (int i = 0; i < 3; ++i) REQUIRE(pass->next()->x.to_vector() == other->next()->x.to_vector());
  }
  REQUIRE(pass->next()->x.to_vector() == numbers(12, 16));
}

TEST_CASE("split gives disjoint parts that shuffles do not mix") {
  const Dataset data = counting(23).shuffle(9);
  const auto parts = data.split({0.4, 0.1, 0.1}, 4);
  REQUIRE(parts.size() == 3);
  REQUIRE(parts[0].cardinality() == 9);  // bounds at 9.2, 11.5, 13.8
  REQUIRE(parts[1].cardinality() == 3);
  REQUIRE(parts[2].cardinality() == 2);
  std::vector<float> seen;
  for (const Dataset& part : parts) {
    const auto values = all(part, 0);
    REQUIRE(sorted(all(part.shuffle(1), 5)) == sorted(values));
    REQUIRE(all(part, 7) == values);
    seen.insert(seen.end(), values.begin(), values.end());
  }
  REQUIRE(std::set<float>(seen.begin(), seen.end()).size() == 14);
  REQUIRE(seen != numbers(0, 14));
  REQUIRE(all(data.split({0.4}, 4)[0]) == all(parts[0]));
  REQUIRE(all(data.split({0.4}, 5)[0]) != all(parts[0]));
  REQUIRE(counting(10).split({0.5, 0.5})[1].cardinality() == 5);
  REQUIRE(counting(23262).split({0.4, 0.1, 0.1})[0].cardinality() == 9305);  // as the Keras guide prints
  REQUIRE(counting(23262).split({0.4, 0.1, 0.1})[2].cardinality() == 2326);
}

TEST_CASE("split refuses what cannot be split") {
  REQUIRE_THROWS_WITH(counting(10).split({0.6, 0.6}), Contains("0.6"));
  REQUIRE_THROWS_WITH(counting(10).split({-0.1}), Contains("-0.1"));
  REQUIRE_THROWS_WITH(counting(10).split({0.0}), Contains("[split]"));
  REQUIRE_THROWS_WITH(counting(10).split({0.01}), Contains("0.01 of 10"));
  REQUIRE_THROWS_WITH(counting(10).batch(2).split({0.5}), Contains("split before batch"));
}

TEST_CASE("an empty dataset says that it is one") {
  const Dataset none;
  REQUIRE_FALSE(none);
  REQUIRE_THROWS_WITH(none.iterate(0), Contains("[iterate] the dataset is empty"));
  REQUIRE_THROWS_WITH(none.batch(2), Contains("[batch]"));
  REQUIRE_THROWS_WITH(none.cache(), Contains("[cache]"));
  REQUIRE_THROWS_WITH(none.shuffle(), Contains("[shuffle]"));
  REQUIRE_THROWS_WITH(none.take(1), Contains("[take]"));
  REQUIRE_THROWS_WITH(none.map(plus_one), Contains("[map]"));
  REQUIRE_THROWS_WITH(none.prefetch(1), Contains("[prefetch]"));
  REQUIRE_THROWS_WITH(none.prefetch(std::numeric_limits<Index>::max()),
                      Contains("[prefetch] 92233720") && Contains("expected 0 to"));
  REQUIRE_THROWS_WITH(none.split({0.5}), Contains("[split]"));
  REQUIRE(none.class_names().empty());
  REQUIRE(none.bad_files().empty());
}

}  // namespace test_dataset
