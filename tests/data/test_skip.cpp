// Iterator::skip: what comes behind is what comes without, and what is passed over is not made.

#include <catch2/catch.hpp>
#include <limits>

#include "tables.hpp"
#include "tanuki/data/image_folder.hpp"

namespace test_skip {

using namespace tanuki;
using test::all;
using test::counting;
using test::Fragile;
using test::numbers;

namespace {

struct Element {
  std::vector<float> x, y;
  std::vector<Index> entries;
  bool operator==(const Element&) const = default;
};

std::vector<Element> rest(Iterator& pass) {
  std::vector<Element> elements;
  while (auto example = pass.next())
    elements.push_back({example->x.to_vector(), example->y.to_vector(), example->entries});
  return elements;
}

Example plus_noise(Example example, Random random) {
  example.x.data()[0] += random.uniform(0);
  return example;
}

using Make = std::function<Dataset()>;

/// Each time a new dataset, of which nothing is known yet.
std::vector<std::pair<std::string, Make>> datasets(const test::TemporaryFolder& folder) {
  const auto fragile = [] { return Dataset(std::make_shared<Fragile>(13, std::set<Index>{2, 3, 12})); };
  const auto generated = [] {
    return Dataset::from_generator([](Index epoch) {
      return [epoch, next = 0]() mutable {
        const float x = float(100 * epoch + next);
        return next++ < 9 ? std::optional(Example{Tensor<Cpu>(Shape{1}, {x}), {}}) : std::nullopt;
      };
    });
  };
  const std::pair<const char*, std::function<Dataset(Dataset)>> steps[] = {
      {"nothing", [](Dataset d) { return d; }},
      {"shuffle", [](Dataset d) { return d.shuffle(1); }},
      {"map", [](Dataset d) { return d.map(plus_noise, 3); }},
      {"cache", [](Dataset d) { return d.cache(); }},
      {"take", [](Dataset d) { return d.skip(1).take(7); }},
      {"shard", [](Dataset d) { return d.shard(3, 1); }},
      {"batch", [](Dataset d) { return d.batch(2); }},
      {"full batches", [](Dataset d) { return d.batch(4, true); }},
      {"unbatch", [](Dataset d) { return d.batch(3).unbatch(); }},
      {"repeat", [](Dataset d) { return d.shuffle(1).repeat(3).map(plus_noise, 2).batch(2).prefetch(2); }},
      {"zip", [](Dataset d) { return Dataset::zip(d, counting(8)); }},
      {"shuffled batches", [](Dataset d) { return d.batch(2).shuffle(1).map(plus_noise, 1); }},
      {"batches mapped on threads", [](Dataset d) { return d.batch(2).map(plus_noise, 1, 3).repeat(2); }},
      {"sliced batches", [](Dataset d) { return d.batch(1).skip(2).take(5).shard(2, 1); }},
      {"cached batches", [](Dataset d) { return d.map(plus_noise, 1).batch(2).cache().prefetch(3); }}};
  std::vector<std::pair<std::string, Make>> made;
  for (const auto& [name, step] : steps) {
    made.emplace_back(std::string(name) + " of a table", [=, step = step] { return step(counting(11)); });
    made.emplace_back(std::string(name) + " of threads", [=, step = step] { return step(fragile()); });
    made.emplace_back(std::string(name) + " of a generator", [=, step = step] { return step(generated()); });
  }
  for (const Index batch : {0, 3}) {
    const auto file = folder / std::to_string(batch);
    const auto data = [=] { return batch ? fragile().batch(batch) : fragile(); };
    all(data().cache(file));
    made.emplace_back("file", [=] { return data().cache(file); });
  }
  return made;
}

}  // namespace

TEST_CASE("behind what is skipped comes what comes without") {
  const test::TemporaryFolder folder;
  for (const auto& [name, make] : datasets(folder)) {
    for (const Index epoch : {0, 2}) {
      const auto whole = rest(*make().iterate(epoch));
      const Index size = Index(whole.size());
      for (Index count : {Index{0}, Index{1}, Index{2}, Index{5}, size - 1, size, size + 3}) {
        for (const bool begun : {false, true}) {
          CAPTURE(name, epoch, count, begun);
          const Dataset data = make();
          for (int known = 0; known < 2; ++known) {  // the second pass knows of the first
            auto pass = data.iterate(epoch);
            if (begun) pass->next();
            const Index left = size - begun;
            REQUIRE(pass->skip(count) == std::min(count, left));
            const auto from = whole.begin() + begun + std::min(count, left);
            REQUIRE(rest(*pass) == std::vector<Element>(from, whole.end()));
            REQUIRE(pass->skip(1) == 0);
          }
        }
      }
    }
  }
  REQUIRE(counting(5).batch(2).iterate(0)->skip(std::numeric_limits<Index>::max()) == 3);
  REQUIRE(counting(5).repeat().iterate(0)->skip(1000000) == 1000000);
}

TEST_CASE("what is skipped is not made") {
  std::atomic<int> mapped{0};
  const auto map = [&](Example example, Random) {
    ++mapped;
    return example;
  };
  SECTION("rows of tensors, whole passes of them too") {
    for (const int workers : {0, 2}) {
      mapped = 0;
      const Dataset data = counting(10).shuffle(1).map(map, 1, workers).batch(5).repeat().prefetch(2);
      auto pass = data.iterate(0);
      REQUIRE(pass->skip(1001) == 1001);
      CHECK(mapped == 0);
      pass->next();
      CHECK(mapped >= 5);
    }
    mapped = 0;
    auto pass = counting(10).batch(2).map(map, 1).repeat(4).iterate(0);
    REQUIRE(pass->skip(19) == 19);
    CHECK(mapped == 0);
  }
  SECTION("what may be bad is made once, and not mapped") {
    const auto table = std::make_shared<Fragile>(20, std::set<Index>{3});
    const Dataset data = Dataset(table).cache().map(map, 1).batch(4).repeat();
    auto pass = data.iterate(0);
    REQUIRE(pass->skip(101) == 101);
    CHECK(table->made == 20);
    CHECK(mapped == 0);
  }
  SECTION("image files are decoded once") {
    const test::TemporaryFolder folder;
    for (int i = 0; i < 6; ++i)
      test::write(folder / ("a/" + std::to_string(i) + ".png"),
                  i == 2 ? test::Bytes{1} : test::plain("png", 2, 2, std::uint8_t(i)));
    const Dataset data =
        image_dataset_from_directory(
            folder.path(), {.batch_size = 0, .image_size = {1, 1}, .workers = 2, .on_bad_file = [](auto&) {}})
            .repeat();
    auto pass = data.iterate(0);
    REQUIRE(pass->skip(6) == 6);
    std::filesystem::rename(folder / "a", folder / "b");  // nothing can be decoded any more
    REQUIRE(pass->skip(94) == 94);
  }
}

}  // namespace test_skip
