// predict() over what is in a Dataset.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"

namespace tanuki::test_predict {

using Catch::Contains;

Tensor<> rows(const Shape& shape) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{3, 1}.normal(std::uint64_t(i));
  return tensor;
}

TEST_CASE("a dataset gives what its tensors give, a smaller last batch included") {
  const auto in = Input({4});
  const auto x = Dropout({.rate = 0.5f})(Dense({.units = 8})(in), {.training = true});
  const Model model(in, Dense({.units = 2})(x));
  const Tensor<> images = rows({10, 4});
  const auto data = Dataset::from_tensors(images, Tensor<>({10, 1})).batch(4);
  const auto expected = model.predict(images, {.batch_size = 4}).to_vector();
  CHECK(model.predict(data).shape() == Shape{10, 2});
  CHECK(model.predict(data).to_vector() == expected);
  CHECK(model.predict_all(data).at(0).to_vector() == expected);
  CHECK(model.predict(data, {.steps = 2}).to_vector() ==
        std::vector<float>(expected.begin(), expected.begin() + 16));
  CHECK(model.predict(data.repeat(), {.steps = 5}).shape() == Shape{18, 2});
}

TEST_CASE("each output of several has all examples") {
  const auto in = Input({4});
  const Model model({in}, {Dense({.units = 1})(in), Dense({.units = 3})(in)});
  const auto data = Dataset::from_tensors(rows({5, 4})).batch(2);
  const auto all = model.predict_all(data);
  REQUIRE(all.size() == 2);
  CHECK(all[0].shape() == Shape{5, 1});
  CHECK(all[1].to_vector() == model.predict_all({rows({5, 4})})[1].to_vector());
  CHECK_THROWS_WITH(model.predict(data), Contains("2 outputs, expected one: use predict_all()"));
}

TEST_CASE("what cannot be predicted is refused, and the batch named") {
  const auto in = Input({4});
  const Model model(in, Dense({.units = 1})(in));
  const auto data = Dataset::from_tensors(rows({6, 4}));
  CHECK_THROWS_WITH(model.predict(data), Contains("[predict] batch 1: ") && Contains("batch() the data"));
  CHECK_THROWS_WITH(model.predict(data.batch(2).repeat()),
                    "[predict] the dataset never ends: expected steps");
  CHECK_THROWS_WITH(model.predict(data.batch(2), {.steps = -1}), "[predict] steps is -1, expected 0 or more");
  CHECK_THROWS_WITH(model.predict(rows({6, 4}), {.steps = 1}), Contains("steps is for datasets"));
  Index seen = 0;
  const auto torn = data.batch(2).map([&](const Example& example) -> Example {
    if (++seen == 3) fail("the disk is gone");
    return example;
  });
  CHECK_THROWS_WITH(model.predict(torn), "[predict] batch 3: the disk is gone");
}

}  // namespace tanuki::test_predict
