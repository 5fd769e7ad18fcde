// Normalization, Rescaling, LayerNormalization, GroupNormalization and UnitNormalization.

#include "tests/layers/check_layer.hpp"

namespace test_normalization {

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

TEST_CASE("Normalization over several axes, over none, and inverted") {
  const Tensor<Cpu> x({2, 2}, {1, 2, 3, 6});
  const Normalization<Cpu> all({.axis = AxisList::none()});
  all.adapt(x);
  CHECK(test::numbers(all.weights()) == std::vector<std::vector<float>>{{3}, {3.5f}, {0}});
  CHECK(all.weights()[0].shape() == Shape{});
  const Normalization<Cpu> back({.mean = {1, 2}, .variance = {4, 9}, .invert = true});
  CHECK(run(back, x) == std::vector<float>{3, 8, 7, 20});
  const Normalization<Cpu> both({.axis = {1, 2}});
  both.build({2, 3});
  CHECK(both.weights()[0].shape() == Shape{2, 3});
  test::check_layer(Normalization({.axis = {1, 2}}), {.inputs = {some_numbers({2, 2, 3}, 0)},
                                                      .output = {2, 3},
                                                      .weights = {"mean", "variance", "count"},
                                                      .params = 13});
}

TEST_CASE("LayerNormalization") {
  const Tensor<Cpu> x = some_numbers({3, 2, 2, 5}, 0);
  const test::LayerCheck check{.inputs = {x},
                               .output = {2, 2, 5},
                               .weights = {"gamma", "beta"},
                               .trainable = 2,
                               .params = 10,
                               .tolerance = 2e-3};
  test::check_layer(LayerNormalization(), check);
  auto image = check;
  image.params = 40;
  test::check_layer(LayerNormalization({.axis = {1, 2, 3}}), image);
  auto rms = check;
  rms.weights = {"gamma"}, rms.trainable = 1, rms.params = 5;
  test::check_layer(LayerNormalization({.scale = false, .rms_scaling = true}), rms);
  const LayerNormalization<Cpu> mixed({.axis = {1, -1}});
  mixed.build({4, 3, 5});
  CHECK(mixed.weights()[0].shape() == Shape{5, 4});  // Keras sorts the axes as they were given: -1, 1
  test::check_names("layer_normalization",
                    [](std::string name) { return LayerNormalization({.name = name}); });
  CHECK_THROWS_WITH(LayerNormalization({.axis = 4, .name = "l"})(Input({2, 2, 5})),
                    "in 'l': axis 4 does not fit input (2, 2, 5): expected 1 to 3, or -1 to -3");
  CHECK_THROWS_WITH(LayerNormalization({.axis = {3, -1}, .name = "l"})(Input({2, 2, 5})),
                    "in 'l': an axis of input (2, 2, 5) was given twice");
  CHECK_THROWS_AS(LayerNormalization({.epsilon = -1}), Error);
}

TEST_CASE("GroupNormalization") {
  test::check_layer(GroupNormalization({.groups = 2}), {.inputs = {some_numbers({3, 2, 2, 6}, 0)},
                                                        .output = {2, 2, 6},
                                                        .weights = {"gamma", "beta"},
                                                        .trainable = 2,
                                                        .params = 12,
                                                        .tolerance = 2e-3});
  test::check_layer(GroupNormalization({.groups = 2, .axis = 1}), {.inputs = {some_numbers({3, 4, 2, 3}, 0)},
                                                                   .output = {4, 2, 3},
                                                                   .weights = {"gamma", "beta"},
                                                                   .trainable = 2,
                                                                   .params = 8,
                                                                   .tolerance = 2e-3});
  test::check_names("group_normalization",
                    [](std::string name) { return GroupNormalization({.name = name}); });
  CHECK_THROWS_WITH(
      GroupNormalization({.groups = 4, .name = "g"})(Input({2, 2, 6})),
      "in 'g': [group_normalization] input (2, 2, 6) does not fit 4 groups: expected a number of "
      "channels that they divide");
  CHECK_THROWS_AS(GroupNormalization({.groups = 2, .axis = 0})(Input({2, 2, 6})), Error);
  CHECK_THROWS_WITH(GroupNormalization({.groups = 0, .name = "g"}),
                    "in 'g': groups is 0, expected at least 1, or -1");
}

TEST_CASE("UnitNormalization") {
  test::check_layer(UnitNormalization(),
                    {.inputs = {some_numbers({3, 2, 5}, 0)}, .output = {2, 5}, .tolerance = 2e-3});
  test::check_layer(UnitNormalization({.axis = {1, 2}}),
                    {.inputs = {some_numbers({3, 2, 5}, 0)}, .output = {2, 5}, .tolerance = 2e-3});
  test::check_names("unit_normalization", [](std::string name) { return UnitNormalization({.name = name}); });
}

namespace {

/// Writes down the options' names and takes them as they are.
struct Names {
  std::vector<std::string> found = {};
  template <class T>
  void operator()(const char* name, T&) {
    found.emplace_back(name);
  }
};

template <class Options>
std::vector<std::string> field_names(Options options) {
  Names names;
  fields(names, options);
  return names.found;
}

/// What a file says of the axis.
struct AxisFrom {
  std::vector<Index> axis;
  void operator()(const char* name, std::vector<Index>& value) const {
    if (std::string(name) == "axis") value = axis;
  }
  template <class T>
  void operator()(const char*, T&) const {}
};

}  // namespace

TEST_CASE("the options have Keras' names") {
  const std::vector<std::string> affine{"beta_initializer",  "gamma_initializer", "beta_regularizer",
                                        "gamma_regularizer", "beta_constraint",   "gamma_constraint"};
  auto layer = std::vector<std::string>{"axis", "epsilon", "center", "scale", "rms_scaling"};
  layer.insert(layer.end(), affine.begin(), affine.end());
  CHECK(field_names(LayerNormalizationOptions()) == layer);
  auto group = std::vector<std::string>{"groups", "axis", "epsilon", "center", "scale"};
  group.insert(group.end(), affine.begin(), affine.end());
  CHECK(field_names(GroupNormalizationOptions()) == group);
  CHECK(field_names(NormalizationOptions()) ==
        std::vector<std::string>{"axis", "mean", "variance", "invert"});
  CHECK(field_names(RandomZoomOptions()) == std::vector<std::string>{"height_factor", "width_factor",
                                                                     "fill_mode", "interpolation",
                                                                     "fill_value"});
  NormalizationOptions options;
  const AxisFrom file{{1, 3}};
  fields(file, options);
  CHECK(options.axis.axes() == std::vector<Index>{1, 3});
}

}  // namespace test_normalization
