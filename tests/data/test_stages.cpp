// The stages that came after the guide's own: map with random numbers, unbatch, repeat, shard, zip, from_generator.

#include <catch2/catch.hpp>
#include <limits>

#include "tables.hpp"

namespace test_stages {

using namespace tanuki;
using Catch::Contains;
using test::all;
using test::counting;
using test::entries;
using test::Fragile;
using test::numbers;
using test::sorted;

namespace {

Example plus_noise(Example example, Random random) {
  example.x.data()[0] += random.uniform(0);
  return example;
}

std::vector<float> targets(const Dataset& dataset, Index epoch = 0) {
  std::vector<float> values;
  for (auto pass = dataset.iterate(epoch); auto example = pass->next();) {
    const auto y = example->y.to_vector();
    values.insert(values.end(), y.begin(), y.end());
  }
  return values;
}

std::vector<float> joined(std::vector<float> a, const std::vector<float>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Example one(float x) { return {Tensor<Cpu>(Shape{1}, {x}), {}}; }

/// 0, 1, … count - 1, each plus 100 an epoch.
Dataset generated(int count, GeneratorOptions options = {}) {
  return Dataset::from_generator(
      [count](Index epoch) {
        return [count, epoch, next = 0]() mutable {
          return next < count ? std::optional(one(float(100 * epoch + next++))) : std::nullopt;
        };
      },
      options);
}

}  // namespace

TEST_CASE("map's random numbers depend on seed, epoch and entry alone") {
  const auto table = std::make_shared<Fragile>(20, std::set<Index>{4});
  const Dataset data = Dataset(table);
  const auto first = all(data.map(plus_noise, 1));
  REQUIRE(first.size() == 19);
  for (std::size_t i = 1; i < first.size(); ++i) REQUIRE(first[i] - float(int(first[i])) != first[0]);
  for (int workers : {1, 2, 5}) REQUIRE(all(data.map(plus_noise, 1, workers)) == first);
  REQUIRE(sorted(all(data.shuffle(3).map(plus_noise, 1))) == first);
  REQUIRE(sorted(all(data.map(plus_noise, 1).shuffle(3))) == first);
  REQUIRE(all(data.map(plus_noise, 1), 1) != first);
  REQUIRE(all(data.map(plus_noise, 2)) != first);
  REQUIRE(entries(data.map(plus_noise, 1)) == EntryLists(19));
  REQUIRE(data.map(plus_noise, 1).cardinality() == 20);
}

TEST_CASE("map's random numbers depend on the place in a stream") {
  const Dataset data = counting(20).batch(3);
  const auto first = all(data.map(plus_noise, 1));
  REQUIRE(all(data.map(plus_noise, 1).prefetch(2)) == first);
  REQUIRE(all(data.map(plus_noise, 1), 1) != first);
  for (int workers : {1, 2, 5}) REQUIRE(all(data.map(plus_noise, 1, workers)) == first);
  REQUIRE_THROWS_AS(data.map(RandomExampleFunction(), 1), Error);
}

TEST_CASE("a cache keeps epoch 0 of a random map, whichever pass comes first") {
  const Dataset mapped = counting(10).map(plus_noise, 1);
  for (Index epoch : {3, 0}) {
    REQUIRE(all(mapped.cache(), epoch) == all(mapped, 0));
    REQUIRE(all(mapped.batch(3).cache(), epoch) == all(mapped, 0));
  }
}

TEST_CASE("unbatch is the opposite of batch") {
  const Dataset data = counting(7).shuffle(2);
  const Dataset again = data.batch(3).unbatch();
  REQUIRE(all(again, 1) == all(data, 1));
  REQUIRE(targets(again, 1) == targets(data, 1));
  REQUIRE(again.iterate(0)->next()->x.shape() == Shape{1});
  REQUIRE(again.cardinality() == unknown_cardinality);
  REQUIRE(counting(7).take(0).batch(3).unbatch().cardinality() == 0);
  REQUIRE(entries(again, 1) == entries(data, 1));
  REQUIRE(again.entries(1) == entries(data, 1));
  REQUIRE(all(again.batch(2), 1) == all(data, 1));
  REQUIRE(Dataset::from_tensors(Tensor<Cpu>(Shape{3, 2})).batch(2).unbatch().iterate(0)->next()->y.size() ==
          0);
  REQUIRE(entries(counting(4).batch(2).map([](Example e) { return e; }).unbatch()) == EntryLists(4));
}

TEST_CASE("unbatch refuses what are no batches") {
  REQUIRE_THROWS_WITH(counting(3).unbatch(), Contains("[unbatch]") && Contains("expected batches"));
  const auto changed = [](Shape x, Shape y) {
    return counting(4)
        .batch(2)
        .map([=](Example) {
          return Example{Tensor<Cpu>(x), Tensor<Cpu>(y)};
        })
        .unbatch();
  };
  REQUIRE_THROWS_WITH(all(changed({2, 1}, {3, 1})), Contains("(2, 1)") && Contains("(3, 1)"));
  REQUIRE_THROWS_WITH(all(changed({}, {2})), Contains("first axis"));
  REQUIRE(all(changed({0, 1}, {0, 1})).empty());
}

TEST_CASE("repeat goes through further epochs of its source") {
  const Dataset data = counting(5).shuffle(2);
  const Dataset twice = data.repeat(2);
  REQUIRE(twice.cardinality() == 10);
  REQUIRE(all(twice, 0) == joined(all(data, 0), all(data, 1)));
  REQUIRE(all(twice, 3) == joined(all(data, 6), all(data, 7)));
  REQUIRE(twice.entries(3) == entries(twice, 3));
  REQUIRE(all(twice.batch(4), 1) == all(twice, 1));
  REQUIRE(twice.batch(4).cardinality() == 3);
  REQUIRE(all(data.repeat(0)).empty());
  REQUIRE(data.repeat(0).cardinality() == 0);
  REQUIRE(all(data.batch(2).repeat(2).prefetch(2), 1) == all(twice, 1));
  REQUIRE(generated(3).repeat(2).cardinality() == unknown_cardinality);
  REQUIRE(all(generated(2).repeat(2), 1) == std::vector<float>{200, 201, 300, 301});
}

TEST_CASE("repeat without a number never ends, and never has the same order twice") {
  const Dataset data = counting(5).shuffle(2);
  const Dataset endless = data.repeat();
  REQUIRE(endless.cardinality() == infinite_cardinality);
  REQUIRE(all(endless.take(10), 0) == joined(all(data, 0), all(data, 1)));
  REQUIRE(endless.take(10).cardinality() == 10);
  REQUIRE(all(endless.take(10), 1) != all(endless.take(10), 0));
  REQUIRE(all(endless.take(10), 1) == all(endless.take(10), 1));
  REQUIRE(endless.skip(3).cardinality() == infinite_cardinality);
  REQUIRE(endless.batch(2).prefetch(2).cardinality() == infinite_cardinality);
  REQUIRE(endless.repeat(2).cardinality() == infinite_cardinality);
  REQUIRE(endless.shard(2, 1).take(3).cardinality() == 3);
  REQUIRE_FALSE(endless.entries(0));
  auto pass = endless.batch(4).prefetch(2).iterate(0);
  for (int i = 0; i < 10; ++i) REQUIRE(pass->next()->x.shape() == Shape{4, 1});
  REQUIRE(all(counting(3).take(0).repeat()).empty());
  const auto bad = std::make_shared<Fragile>(2, std::set<Index>{0, 1});
  REQUIRE(all(Dataset(bad).repeat()).empty());  // instead of turning for ever
  REQUIRE_THROWS_WITH(endless.shuffle(), Contains("[shuffle] the dataset never ends"));
  REQUIRE_THROWS_WITH(endless.batch(2).cache(), Contains("[cache] the dataset never ends"));
  REQUIRE_THROWS_WITH(data.repeat(-2), Contains("[repeat] -2 times"));
  REQUIRE_THROWS_AS(data.repeat(std::numeric_limits<Index>::max()), Error);
}

TEST_CASE("what a source throws ends a repeat") {
  auto pass = counting(3).map([](Example) -> Example { fail("no"); }).repeat(2).iterate(0);
  REQUIRE_THROWS_WITH(pass->next(), "no");
}

TEST_CASE("shards are disjoint, and together the whole") {
  for (const bool batched : {false, true}) {
    const Dataset data = (batched ? counting(11).batch(1) : counting(11)).shuffle(4);
    std::vector<float> seen;
    Index together = 0;
    for (Index i = 0; i < 3; ++i) {
      const Dataset shard = data.shard(3, i);
      const auto values = all(shard, 2);
      REQUIRE(shard.cardinality() == Index(values.size()));
      REQUIRE(shard.entries(2) == entries(shard, 2));
      REQUIRE(entries(shard, 2).front() == entries(data, 2)[std::size_t(i)]);
      together += shard.cardinality();
      seen = joined(seen, values);
    }
    REQUIRE(together == 11);
    REQUIRE(sorted(seen) == numbers(0, 11));
    REQUIRE(all(data.shard(1, 0)) == all(data));
    REQUIRE(data.shard(20, 15).cardinality() == 0);
    REQUIRE(all(data.shard(20, 15)).empty());
    REQUIRE_THROWS_WITH(data.shard(0, 0), Contains("[shard] 0 parts"));
    REQUIRE_THROWS_WITH(data.shard(3, 3), Contains("[shard] part 3 of 3"));
    REQUIRE_THROWS_WITH(data.shard(3, -1), Contains("[shard] part -1 of 3"));
  }
  REQUIRE(generated(5).shard(2, 1).cardinality() == unknown_cardinality);
  REQUIRE(all(generated(5).shard(2, 1)) == std::vector<float>{1, 3});
}

TEST_CASE("zip pairs the elements at the same places") {
  const Dataset x = counting(6), y = counting(8).skip(1);
  for (const bool batched : {false, true}) {
    const Dataset pairs = batched ? Dataset::zip(x.batch(2), y.batch(2)) : Dataset::zip(x, y);
    REQUIRE(pairs.cardinality() == (batched ? 3 : 6));
    REQUIRE(all(pairs) == numbers(0, 6));
    REQUIRE(targets(pairs) == numbers(1, 7));
  }
  const Dataset shuffled = Dataset::zip(x.shuffle(1), x.shuffle(1)).batch(4);
  REQUIRE(targets(shuffled, 3) == all(shuffled, 3));
  REQUIRE(all(shuffled, 3) == all(x.shuffle(1), 3));
  REQUIRE(Dataset::zip(x.repeat(), y.batch(1).unbatch()).cardinality() == unknown_cardinality);
  REQUIRE(Dataset::zip(x.repeat(), y.repeat()).cardinality() == infinite_cardinality);
  REQUIRE(Dataset::zip(x.repeat(), y.repeat(1)).cardinality() == 7);
  REQUIRE(all(Dataset::zip(x.repeat(), generated(8))) == std::vector<float>{0, 1, 2, 3, 4, 5, 0, 1});
  REQUIRE_THROWS_WITH(Dataset::zip(x, y.batch(2)), Contains("[zip]") && Contains("zip before batch"));
  REQUIRE_THROWS_WITH(Dataset::zip(Dataset(), y), Contains("[zip] the dataset is empty"));
  REQUIRE_THROWS_WITH(Dataset::zip(x, Dataset()), Contains("[zip] the dataset is empty"));
}

TEST_CASE("zip takes the partner of a bad entry along, and numbers pairs") {
  const Dataset x = Dataset(std::make_shared<Fragile>(6, std::set<Index>{1})),
                y = Dataset(std::make_shared<Fragile>(6, std::set<Index>{3}));
  const Dataset pairs = Dataset::zip(x, y);
  REQUIRE(all(pairs) == std::vector<float>{0, 2, 4, 5});
  REQUIRE(targets(pairs) == std::vector<float>{0, 2, 4, 5});
  REQUIRE(all(pairs.shuffle(1).cache()) == targets(pairs.shuffle(1).cache()));
  REQUIRE(entries(pairs, 0) == entries(pairs, 5));
  REQUIRE(entries(Dataset::zip(x, y.map([](Example e) { return e; }))) == EntryLists(4));
  const auto numbers_of = entries(pairs);
  REQUIRE(std::set<std::vector<Index>>(numbers_of.begin(), numbers_of.end()).size() == 4);
  REQUIRE_THROWS_WITH(all(Dataset::zip(pairs, x)), Contains("[zip]") && Contains("zipped already"));
}

TEST_CASE("a generator is a new one each pass") {
  const Dataset data = generated(4);
  REQUIRE(data.cardinality() == unknown_cardinality);
  REQUIRE(all(data, 0) == numbers(0, 4));
  REQUIRE(all(data, 2) == numbers(200, 204));
  REQUIRE(all(data.batch(3).prefetch(1), 0) == numbers(0, 4));
  REQUIRE(generated(4, {.cardinality = 4}).batch(3).cardinality() == 2);
  REQUIRE(entries(data) == EntryLists(4));
  REQUIRE_FALSE(data.entries(0));
  REQUIRE(entries(data.cache().batch(3), 1) == EntryLists{{0, 1, 2}, {3}});
  REQUIRE(sorted(all(data.shuffle(1))) == numbers(0, 4));
  auto pass = data.take(2).iterate(0);
  while (pass->next()) continue;
  REQUIRE_FALSE(pass->next());
}

TEST_CASE("a generator may give batches, fail, or be none") {
  const auto batches = [](Index) {
    return [left = 2]() mutable -> std::optional<Example> {
      return left-- > 0 ? std::optional(Example{Tensor<Cpu>(Shape{3, 1}, {1, 2, 3}), {}}) : std::nullopt;
    };
  };
  REQUIRE(all(Dataset::from_generator(batches, {.batched = true}).unbatch()).size() == 6);
  REQUIRE(entries(Dataset::from_generator(batches, {.batched = true}).cache()) ==
          EntryLists{{0, 1, 2}, {3, 4, 5}});
  auto broken = Dataset::from_generator([](Index) {
                  return []() -> std::optional<Example> { fail("broken"); };
                }).iterate(0);
  REQUIRE_THROWS_WITH(broken->next(), "broken");
  REQUIRE_FALSE(broken->next());
  REQUIRE_THROWS_WITH(Dataset::from_generator(nullptr), Contains("[from_generator]"));
  REQUIRE_THROWS_WITH(Dataset::from_generator([](Index) { return ExampleSource(); }).iterate(3),
                      Contains("[from_generator] epoch 3"));
  REQUIRE_THROWS_WITH(generated(1, {.cardinality = -3}), Contains("cardinality is -3"));
}

}  // namespace test_stages
