// Normalization and Rescaling.

#include "tests/layers/check_layer.hpp"

using namespace tanuki;
using test::some_numbers;

namespace {

std::vector<float> run(const Layer<Cpu>& layer, const Tensor<Cpu>& x) {
  return test::LayerRun(layer, {x}, false).forward().to_vector();
}

}  // namespace

TEST_CASE("Normalization") {
  const test::LayerCheck given{.inputs = {some_numbers({2, 2, 2, 3}, 0)}, .output = {2, 2, 3}};
  test::check_layer(Normalization({.mean = {1, 2, 3}, .variance = {0.5, 1, 2}}), given);
  test::check_layer(Normalization({.mean = 1, .variance = 4}), given);
  auto adapted = given;
  adapted.weights = {"mean", "variance", "count"};
  adapted.params = 7;
  test::check_layer(Normalization(), adapted);
  test::check_names("normalization", [](std::string name) { return Normalization({.name = name}); });
}

TEST_CASE("Normalization as the guide uses it") {
  const Normalization layer(
      {.mean = {127.5f, 127.5f, 127.5f}, .variance = {16256.25f, 16256.25f, 16256.25f}});
  CHECK(run(layer, Tensor<Cpu>({1, 1, 1, 3}, {0, 127.5f, 255})) == std::vector<float>{-1, 0, 1});
}

TEST_CASE("adapt") {
  const Normalization layer({.name = "norm"});
  const Tensor<Cpu> x({2, 2, 2}, {1, 10, 3, 10, 5, 10, 7, 10});
  layer.adapt(x);
  CHECK(test::numbers(layer.weights()) == std::vector<std::vector<float>>{{4, 10}, {5, 0}, {0}});
  CHECK(run(layer, x)[0] == Approx(-3 / std::sqrt(5.0)));
  CHECK(run(layer, x)[1] == 0);
  SECTION("again, with other numbers, moves them") {
    layer.adapt(Tensor<Cpu>({2, 2}, {0, 0, 2, 2}));
    CHECK(test::numbers(layer.weights()) == std::vector<std::vector<float>>{{1, 1}, {1, 1}, {0}});
  }
  SECTION("refuses what does not fit") {
    CHECK_THROWS_WITH(layer.adapt(Tensor<Cpu>({2, 3})),
                      Catch::Contains("the layer was built for 2 channels"));
    CHECK_THROWS_WITH(layer.adapt(Tensor<Cpu>({2, 2}, {1, 2, 3, std::nanf("")})),
                      "in 'norm': adapt() finds no finite mean and variance of channel 1");
    CHECK(test::numbers(layer.weights()) == std::vector<std::vector<float>>{{4, 10}, {5, 0}, {0}});
    CHECK_THROWS_AS(layer.adapt(Tensor<Cpu>({2})), Error);
    CHECK_THROWS_AS(layer.adapt(Tensor<Cpu>({0, 2})), Error);
    CHECK_THROWS_WITH(Normalization({.mean = 1, .variance = 1, .name = "n"}).adapt(x),
                      "in 'n': adapt() has nothing to do: mean and variance were given");
  }
}

TEST_CASE("Normalization and Rescaling refuse numbers that do not fit") {
  CHECK_THROWS_WITH(Normalization({.mean = {1, 2}, .name = "n"}),
                    "in 'n': mean has 2 numbers, variance 0: expected both or neither");
  CHECK_THROWS_WITH(Normalization({.mean = {1, 2}, .variance = {1, 2}, .name = "n"})(Input({4, 4, 3})),
                    "in 'n': mean has 2 numbers, the input 3 channels");
  CHECK_THROWS_WITH(Rescaling({.scale = {1, 2}, .name = "r"})(Input({4, 4, 3})),
                    "in 'r': scale has 2 numbers, the input 3 channels");
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(Normalization({.mean = {1, 2}, .variance = {1, -1}, .name = "n"}),
                    Catch::StartsWith("in 'n'") && Catch::Contains("variance"));
  CHECK_THROWS_AS(Normalization({.mean = 1, .variance = nan}), Error);
  CHECK_THROWS_AS(Normalization({.mean = infinity, .variance = 1}), Error);
  CHECK_THROWS_WITH(Rescaling({.scale = nan, .name = "r"}), Catch::StartsWith("in 'r': scale or offset"));
  CHECK_THROWS_AS(Rescaling({.scale = 1, .offset = {0, infinity}}), Error);
}

TEST_CASE("Rescaling") {
  const test::LayerCheck check{.inputs = {some_numbers({2, 2, 2, 3}, 0)}, .output = {2, 2, 3}};
  test::check_layer(Rescaling({.scale = 1 / 127.5, .offset = -1}), check);
  test::check_layer(Rescaling({.scale = {1, 2, 3}, .offset = {0, 1, 0}}), check);
  test::check_names("rescaling", [](std::string name) { return Rescaling({.scale = 1, .name = name}); });
  CHECK(run(Rescaling({.scale = 2, .offset = -1}), Tensor<Cpu>({1, 2}, {3, 4})) == std::vector<float>{5, 7});
}
