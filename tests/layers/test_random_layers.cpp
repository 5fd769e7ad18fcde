// Dropout and the random image layers: on in training mode alone, whatever `trainable` says.

#include "tests/layers/check_layer.hpp"

namespace test_random_layers {

using namespace tanuki;
using test::some_numbers;

namespace {

const Tensor<Cpu> images = some_numbers({8, 5, 6, 3}, 0);

std::vector<float> run(const Layer<Cpu>& layer, bool training, Random random = {1, 1}) {
  return test::LayerRun(layer, {images}, training, false).forward(default_context<Cpu>(), random).to_vector();
}

void check_random_layer(const Layer<Cpu>& layer) {
  CHECK(run(layer, false) == images.to_vector());
  const auto once = run(layer, true);
  CHECK(once != images.to_vector());
  CHECK(run(layer, true) == once);
  CHECK(run(layer, true, {1, 2}) != once);
  CHECK(run(layer, true, {2, 1}) != once);
  layer.trainable(false);
  CHECK(run(layer, true) == once);
}

}  // namespace

TEST_CASE("Dropout") {
  test::check_layer(Dropout({.rate = 0.4f}), {.inputs = {some_numbers({3, 9}, 0)}, .output = {9}});
  test::check_names("dropout", [](std::string name) { return Dropout({.rate = 0.5f, .name = name}); });
  check_random_layer(Dropout({.rate = 0.4f}));
  CHECK(run(Dropout({.rate = 0}), true) == images.to_vector());
  CHECK_THROWS_WITH(Dropout({.rate = 2, .name = "d"}), "in 'd': rate is 2, expected 0 ≤ rate ≤ 1");
  CHECK_THROWS_AS(Dropout({.rate = -0.1f}), Error);
}

TEST_CASE("two Dropouts of one model draw differently") {
  CHECK(run(Dropout({.rate = 0.5f, .name = "a"}), true) != run(Dropout({.rate = 0.5f, .name = "b"}), true));
}

TEST_CASE("RandomFlip") {
  for (const char* mode : {"horizontal", "vertical", "horizontal_and_vertical"}) {
    test::check_layer(
        RandomFlip({.mode = mode}),
        {.inputs = {some_numbers({3, 4, 5, 2}, 0)}, .output = {4, 5, 2}, .differentiable = false});
    check_random_layer(RandomFlip({.mode = mode}));
  }
  test::check_names("random_flip", [](std::string name) { return RandomFlip({.name = name}); });
  CHECK_THROWS_WITH(RandomFlip({.mode = "up", .name = "f"}), Catch::StartsWith("in 'f': unknown mode 'up'"));
  CHECK_THROWS_WITH(test::LayerRun(RandomFlip({.name = "g"}), {some_numbers({2, 3}, 0)}, true, false),
                    Catch::StartsWith("in 'g': [random_flip] input (3,) is no image"));
}

TEST_CASE("RandomRotation") {
  test::check_layer(
      RandomRotation({.factor = 0.1f}),
      {.inputs = {some_numbers({3, 4, 5, 2}, 0)}, .output = {4, 5, 2}, .differentiable = false});
  check_random_layer(RandomRotation({.factor = 0.1f}));
  check_random_layer(RandomRotation({.factor = {-0.2, 0.3}}));
  test::check_names("random_rotation",
                    [](std::string name) { return RandomRotation({.factor = 0.1, .name = name}); });
  CHECK_THROWS_WITH(RandomRotation({.factor = 1.5, .name = "r"}),
                    "in 'r': factor is (-1.5, 1.5), expected numbers from -1 to 1");
}

TEST_CASE("RandomZoom, RandomTranslation, RandomContrast and RandomBrightness") {
  const test::LayerCheck check{
      .inputs = {some_numbers({3, 4, 5, 2}, 0)}, .output = {4, 5, 2}, .differentiable = false};
  const std::vector<double> all{-10, 10};
  test::check_layer(RandomZoom({.height_factor = 0.2}), check);
  test::check_layer(RandomTranslation({.height_factor = 0.2, .width_factor = {-0.1, 0.3}}), check);
  test::check_layer(RandomContrast({.factor = {0.5, 0.5}, .value_range = all}), check);
  test::check_layer(RandomBrightness({.factor = 0.2, .value_range = all}), check);
  for (const char* mode : {"reflect", "wrap", "constant", "nearest"}) {
    check_random_layer(RandomZoom({.height_factor = 0.2, .fill_mode = mode}));
    check_random_layer(
        RandomTranslation({.height_factor = 0.2, .width_factor = 0.2, .fill_mode = mode, .fill_value = 3}));
    check_random_layer(RandomRotation({.factor = 0.2, .fill_mode = mode, .interpolation = "nearest"}));
  }
  check_random_layer(RandomZoom({.height_factor = 0.2, .width_factor = FactorRange(-0.3, 0.1)}));
  check_random_layer(RandomContrast({.factor = {0.5, 0.7}, .value_range = all}));
  check_random_layer(RandomBrightness({.factor = {-0.1, 0.2}, .value_range = all}));
  test::check_names("random_zoom",
                    [](std::string name) { return RandomZoom({.height_factor = 0.1, .name = name}); });
}

TEST_CASE("a contrast of one number only rises, as in Keras") {
  const RandomContrast<Cpu> layer({.factor = 0.3});
  CHECK(layer.options().factor.lower == 0);
  CHECK(layer.options().factor.upper == 0.3);
}

TEST_CASE("RandomCrop cuts each image at its own draw") {
  const RandomCrop<Cpu> layer({.height = 3, .width = 4});
  const auto cut = run(layer, true);
  CHECK(run(layer, true) == cut);
  CHECK(run(layer, true, {1, 2}) != cut);
  REQUIRE(cut.size() == 8 * 3 * 4 * 3);
  std::set<Index> places;
  for (Index n = 0; n < 8; ++n) {
    Index found = -1;
    for (Index top = 0; top <= 2; ++top) {
      for (Index left = 0; left <= 2; ++left) {
        bool same = true;
        for (Index i = 0; i < 3; ++i) {
          const float* from = images.data() + ((n * 5 + top + i) * 6 + left) * 3;
          same = same && std::equal(from, from + 12, cut.begin() + (n * 3 + i) * 12);
        }
        if (same) found = top * 3 + left;
      }
    }
    CHECK(found >= 0);
    places.insert(found);
  }
  CHECK(places.size() > 2);
  CHECK(run(layer, false).size() == cut.size());
  CHECK_THROWS_WITH(RandomCrop({.height = 0, .width = 4, .name = "c"}),
                    "in 'c': height is 0 and width 4, expected at least 1");
}

TEST_CASE("the random image layers refuse what Keras refuses") {
  CHECK_THROWS_WITH(RandomZoom({.height_factor = {-1, 0.5}, .name = "z"}),
                    "in 'z': height_factor is (-1, 0.5), expected numbers from -1 (without it) to 1");
  CHECK_THROWS_WITH(RandomTranslation({.height_factor = 0.1, .width_factor = 1.5, .name = "t"}),
                    "in 't': width_factor is (-1.5, 1.5), expected numbers from -1 to 1");
  CHECK_THROWS_WITH(RandomRotation({.factor = 0.1, .fill_mode = "mirror", .name = "r"}),
                    "in 'r': unknown fill_mode 'mirror': expected reflect, wrap, constant or nearest");
  CHECK_THROWS_WITH(RandomRotation({.factor = 0.1, .interpolation = "cubic", .name = "r"}),
                    "in 'r': unknown interpolation 'cubic': expected nearest or bilinear");
  CHECK_THROWS_AS(RandomContrast({.factor = {-0.1, 0.5}}), Error);
  CHECK_THROWS_AS(RandomContrast({.factor = 0.5, .value_range = {1}}), Error);
  CHECK_THROWS_AS(RandomBrightness({.factor = 1.5}), Error);
}

TEST_CASE("RandomRotation stays within its range") {
  const auto quarter = run(RandomRotation({.factor = {0.25, 0.25}}), true);
  Tensor<Cpu> expected(images.shape());
  const Shape image = images.shape().without_batch();
  for (Index n = 0; n < 8; ++n) {
    const auto matrix = ops::rotation_matrix(1.57079632679f, image[0], image[1]);
    ops::AffineTransformKernel<Cpu>::transform(images.data() + n * image.elements(),
                                               expected.data() + n * image.elements(), image, matrix, {});
  }
  CHECK(quarter == expected.to_vector());
}

TEST_CASE("nothing below a random image layer can be trained") {
  CHECK_THROWS_WITH(test::LayerRun(RandomFlip({.name = "flip"}), {images}, true),
                    Catch::StartsWith("in 'flip': [random_flip] has no gradient"));
}

}  // namespace test_random_layers
