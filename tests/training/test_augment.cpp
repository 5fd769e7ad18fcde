// augment(): layers as a step of a dataset.

#include <catch2/catch.hpp>
#include <set>
#include <tanuki/tanuki.hpp>

namespace test_augment {

using namespace tanuki;
using Catch::Contains;

namespace {

constexpr Index side = 6;

/// `count` images of one hue each, falling from left to right.
Dataset images(Index count) {
  Tensor<> x(Shape{count, side, side, 3}), y(Shape{count, 1});
  for (Index i = 0; i < x.size(); ++i) {
    const Index image = i / (side * side * 3), column = i / 3 % side;
    x.data()[i] = float(10 * image + side - column);
  }
  for (Index i = 0; i < count; ++i) y.data()[i] = float(i);
  return Dataset::from_tensors(x, y);
}

std::vector<float> numbers(const Dataset& dataset, Index epoch = 0) {
  std::vector<float> all;
  for (auto pass = dataset.iterate(epoch); auto example = pass->next();) {
    for (const auto& part : {example->x.to_vector(), example->y.to_vector()})
      all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

Sequential<> all_of_them() {
  return Sequential({RandomFlip(), RandomRotation({.factor = 0.1f}), RandomZoom({.height_factor = 0.1f}),
                     RandomTranslation({.height_factor = 0.1f, .width_factor = 0.1f}),
                     RandomContrast({.factor = 0.2f}), RandomBrightness({.factor = 0.1f}),
                     RandomCrop({.height = 5, .width = 4})});
}

}  // namespace

TEST_CASE("a flip as a map mirrors some images, others each epoch, and leaves the targets") {
  const Dataset flipped = images(40).map(augment(RandomFlip({.mode = "horizontal"})), 7);
  std::vector<std::set<Index>> mirrored;
  for (Index epoch : {0, 1}) {
    std::set<Index> found;
    Index i = 0;
    for (auto pass = flipped.iterate(epoch); auto example = pass->next(); ++i) {
      REQUIRE(example->x.shape() == Shape{side, side, 3});
      REQUIRE(example->y.to_vector() == std::vector<float>{float(i)});
      const float first = example->x.data()[0];
      REQUIRE((first == float(10 * i + 1) || first == float(10 * i + side)));
      if (first == float(10 * i + 1)) found.insert(i);
    }
    CHECK(found.size() > 8);
    CHECK(found.size() < 32);
    mirrored.push_back(found);
  }
  CHECK(mirrored[0] != mirrored[1]);
}

TEST_CASE("every augmentation layer maps, the same with any number of workers") {
  const Dataset data = images(24).shuffle(1);
  const auto mapped = [&](int workers, std::uint64_t seed) {
    return data.map(augment(all_of_them()), seed, workers);
  };
  const auto first = numbers(mapped(0, 3), 2);
  REQUIRE(mapped(0, 3).iterate(0)->next()->x.shape() == Shape{5, 4, 3});
  for (int workers : {1, 2, 5}) REQUIRE(numbers(mapped(workers, 3), 2) == first);
  const Dataset again = mapped(3, 3);
  CHECK(numbers(again, 2) == first);
  CHECK(numbers(again, 2) == first);
  CHECK(numbers(again, 1) != first);
  CHECK(numbers(mapped(0, 4), 2) != first);
}

TEST_CASE("each image of a batch gets its own augmentation") {
  const Dataset flipped = images(40).batch(40).map(augment(RandomFlip({.mode = "horizontal"})), 7);
  const auto batch = flipped.iterate(0)->next();
  REQUIRE(batch->x.shape() == Shape{40, side, side, 3});
  Index mirrored = 0;
  for (Index i = 0; i < 40; ++i) mirrored += batch->x.data()[i * side * side * 3] == float(10 * i + 1);
  CHECK(mirrored > 8);
  CHECK(mirrored < 32);
}

TEST_CASE("images of several sizes, and what does not fit") {
  const auto crop = augment(RandomCrop({.height = 3, .width = 3}));
  for (Index height : {4, 7, 4}) {
    REQUIRE(crop({Tensor<>(Shape{height, 5, 3}), {}}, Random{1}).x.shape() == Shape{3, 3, 3});
  }
  REQUIRE_THROWS_WITH(augment(RandomFlip({.name = "mirror"}))({Tensor<>(Shape{5}), {}}, Random{1}),
                      Contains("mirror"));
}

}  // namespace test_augment
