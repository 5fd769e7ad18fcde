// Elements of several inputs and targets, and of sample weights.

#include <catch2/catch.hpp>
#include <filesystem>

#include "tables.hpp"

namespace test_several {

using namespace tanuki;
using Catch::Contains;
using test::counting;
using test::Fragile;

namespace {

/// (count, columns): 1000 · base + 10 · row + column.
Tensor<> rows(Index count, Index columns, float base) {
  Tensor<> tensor({count, columns});
  for (Index i = 0; i < tensor.size(); ++i)
    tensor.data()[i] = 1000 * base + float(10 * (i / columns) + i % columns);
  return tensor;
}

Tensor<> weights(Index count) {
  Tensor<> tensor({count});
  for (Index i = 0; i < count; ++i) tensor.data()[i] = 5000 + float(10 * i);
  return tensor;
}

Dataset several(Index count = 7) {
  return Dataset::from_tensors({rows(count, 2, 1), rows(count, 3, 2)}, {rows(count, 1, 3), rows(count, 2, 4)},
                               weights(count));
}

/// Every tensor of an element, in order, with its shape.
std::vector<std::pair<std::string, std::vector<float>>> tensors(const Example& example) {
  std::vector<std::pair<std::string, std::vector<float>>> all;
  const auto add = [&](const Tensor<>& tensor) {
    all.emplace_back(tensor.shape().str(), tensor.to_vector());
  };
  add(example.x), add(example.y);
  for (const auto* list : {&example.more_x, &example.more_y, &example.sample_weight}) {
    for (const auto& tensor : *list) add(tensor);
  }
  return all;
}

auto tensors(const Dataset& data, Index epoch = 0) {
  std::vector<std::vector<std::pair<std::string, std::vector<float>>>> all;
  for (auto pass = data.iterate(epoch); auto example = pass->next();) all.push_back(tensors(*example));
  return all;
}

}  // namespace

TEST_CASE("rows of several tensors stay together through every step") {
  const auto singles = tensors(several());
  REQUIRE(singles.size() == 7);
  CHECK(singles[3] == decltype(tensors(Example())){{"(2,)", {1030, 1031}},
                                                   {"(1,)", {3030}},
                                                   {"(3,)", {2030, 2031, 2032}},
                                                   {"(2,)", {4030, 4031}},
                                                   {"()", {5030}}});
  CHECK(tensors(several().batch(4).unbatch()) == singles);
  CHECK(tensors(several().cache()) == singles);
  CHECK(tensors(several().prefetch(2)) == singles);
  CHECK(tensors(several().map([](Example example) { return example; }, 2)) == singles);
  auto shuffled = tensors(several().shuffle(1));
  CHECK(shuffled != singles);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == singles);

  const auto batches = tensors(several().batch(4));
  REQUIRE(batches.size() == 2);
  CHECK(batches[1][2] == std::pair{std::string("(3, 3)"),
                                   std::vector<float>{2040, 2041, 2042, 2050, 2051, 2052, 2060, 2061, 2062}});
  CHECK(batches[1][4] == std::pair{std::string("(3,)"), std::vector<float>{5040, 5050, 5060}});
  CHECK(tensors(Dataset::from_tensors(rows(2, 2, 1)))[0] ==
        decltype(tensors(Example())){{"(2,)", {1000, 1001}}, {"(0,)", {}}});
}

TEST_CASE("a file keeps several tensors, and knows other ones") {
  const auto path = std::filesystem::temp_directory_path() / "tanuki_test_several.cache";
  std::filesystem::remove(path);
  for (int run = 0; run < 2; ++run) CHECK(tensors(several().cache(path)) == tensors(several()));
  const auto other =
      Dataset::from_tensors({rows(7, 2, 1), rows(7, 3, 9)}, {rows(7, 1, 3), rows(7, 2, 4)}, weights(7));
  CHECK_THROWS_WITH(other.cache(path).iterate(0), Contains("holds other examples"));
  std::filesystem::remove(path);
  for (int run = 0; run < 2; ++run)
    CHECK(tensors(several().batch(2).cache(path)) == tensors(several().batch(2)));
  std::filesystem::remove(path);
}

TEST_CASE("zip puts inputs, targets and weights together, of tables and of streams") {
  const auto a = Dataset::from_tensors(rows(7, 2, 1)), b = Dataset::from_tensors(rows(9, 3, 2)),
             y = Dataset::from_tensors(rows(7, 1, 3)), z = Dataset::from_tensors(rows(8, 2, 4)),
             w = Dataset::from_tensors(weights(7));
  const Dataset zipped = Dataset::zip({a, b}, {y, z}, {w});
  CHECK(zipped.cardinality() == 7);
  CHECK(tensors(zipped) == tensors(several()));
  const Dataset in_order = Dataset::zip({a.shuffle(1), b.take(7).shuffle(1)},
                                        {y.shuffle(1), z.take(7).shuffle(1)}, {w.shuffle(1)});
  CHECK(tensors(in_order, 2) == tensors(several().shuffle(1), 2));
  CHECK(tensors(in_order.cache(), 2) == tensors(in_order, 2));
  const auto streams = Dataset::zip({a.batch(4), b.batch(4)}, {y.batch(4), z.batch(4)}, {w.batch(4)});
  CHECK(streams.cardinality() == 2);
  CHECK(tensors(streams.take(1)) == tensors(several().batch(4).take(1)));
  CHECK(tensors(Dataset::zip({several()}, {y})) ==
        tensors(Dataset::from_tensors({rows(7, 2, 1), rows(7, 3, 2)}, rows(7, 1, 3))));
  CHECK(tensors(Dataset::zip({a}, {})) == tensors(a));

  auto pass = streams.unbatch().iterate(0), whole = streams.unbatch().iterate(0);
  CHECK(pass->skip(3) == 3);
  whole->next(), whole->next(), whole->next();
  CHECK(tensors(*pass->next()) == tensors(*whole->next()));
  auto batches = streams.iterate(0);
  CHECK(batches->skip(5) == 2);
  CHECK_FALSE(batches->next());
}

TEST_CASE("a bad entry takes all its partners along") {
  const auto fragile = [](Index bad) { return Dataset(std::make_shared<Fragile>(6, std::set<Index>{bad})); };
  const Dataset zipped = Dataset::zip({fragile(1), fragile(2)}, {fragile(4), counting(6)});
  std::vector<float> left;
  for (const auto& element : tensors(zipped)) {
    for (const auto& [shape, values] : element) CHECK(values == element[0].second);
    left.push_back(element[0].second[0]);
  }
  CHECK(left == std::vector<float>{0, 3, 5});
  const auto entries = zipped.entries(0).value();
  CHECK(std::set(entries.begin(), entries.end()).size() == 6);
}

TEST_CASE("several tensors that do not fit are refused") {
  CHECK_THROWS_WITH(Dataset::from_tensors({rows(3, 1, 0), rows(4, 1, 0)}),
                    "[from_tensors] x (3, 1) and another x (4, 1) are not equally many examples");
  CHECK_THROWS_WITH(Dataset::from_tensors(rows(3, 1, 0), {rows(3, 1, 0), Tensor<>(Shape{})}),
                    Contains("[from_tensors] x (3, 1) and another y ()") && Contains("need a first axis"));
  CHECK_THROWS_WITH(Dataset::from_tensors(rows(3, 1, 0), rows(3, 1, 0), weights(2)),
                    Contains("and sample_weight (2,) are not equally many"));
  CHECK_THROWS_WITH(Dataset::from_tensors(TensorList()), "[from_tensors] there is no x");
  CHECK_THROWS_WITH(Dataset::zip({}, {counting(2)}), "[zip] there is no x");
  const auto uneven = counting(4).map([](Example example) {
    if (example.x.data()[0] > 1) example.more_x.push_back(example.x);
    return example;
  });
  CHECK_THROWS_WITH(
      uneven.batch(4).iterate(0)->next(),
      "[batch] an element has other inputs, targets or sample weights than the first of its batch");
}

}  // namespace test_several
