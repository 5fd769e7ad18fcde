// Dropout, RandomFlip and RandomRotation: on in training mode alone, whatever `trainable` says.

#include "tests/layers/check_layer.hpp"

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
  CHECK_THROWS_WITH(Dropout({.rate = 1, .name = "d"}), "in 'd': rate is 1, expected 0 ≤ rate < 1");
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

TEST_CASE("RandomRotation stays within its range") {
  const auto quarter = run(RandomRotation({.factor = {0.25, 0.25}}), true);
  Tensor<Cpu> expected(images.shape());
  const Shape image = images.shape().without_batch();
  for (Index n = 0; n < 8; ++n) {
    ops::RandomRotationKernel<Cpu>::rotate(images.data() + n * image.elements(),
                                           expected.data() + n * image.elements(), image, 1.57079632679f);
  }
  CHECK(quarter == expected.to_vector());
}

TEST_CASE("nothing below a random image layer can be trained") {
  CHECK_THROWS_WITH(test::LayerRun(RandomFlip({.name = "flip"}), {images}, true),
                    Catch::StartsWith("in 'flip': [random_flip] has no gradient"));
}
