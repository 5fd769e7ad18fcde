// The pooling layers over one and two axes.

#include "tests/layers/check_layer.hpp"

namespace test_pooling {

using namespace tanuki;

namespace {

test::LayerCheck about(const Shape& output) {
  Tensor<Cpu> x({2, 5, 6, 3});
  const auto order = Random{1, 1}.permutation(x.size());
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = 0.05f * float(order[std::size_t(i)] - 90);
  return {.inputs = {x}, .output = output};
}

}  // namespace

TEST_CASE("MaxPooling2D") {
  test::check_layer(MaxPooling2D(), about({2, 3, 3}));
  test::check_layer(MaxPooling2D({.pool_size = 3, .strides = 2, .padding = "same"}), about({3, 3, 3}));
  test::check_names("max_pooling2d", [](std::string name) { return MaxPooling2D({.name = name}); });
}

TEST_CASE("AveragePooling2D") {
  test::check_layer(AveragePooling2D(), about({2, 3, 3}));
  test::check_layer(AveragePooling2D({.pool_size = {2, 3}, .strides = {1, 3}, .padding = "same"}),
                    about({5, 2, 3}));
  test::check_names("average_pooling2d", [](std::string name) { return AveragePooling2D({.name = name}); });
}

TEST_CASE("GlobalAveragePooling2D") {
  test::check_layer(GlobalAveragePooling2D(), about({3}));
  test::check_layer(GlobalAveragePooling2D({.keepdims = true}), about({1, 1, 3}));
  test::check_names("global_average_pooling2d",
                    [](std::string name) { return GlobalAveragePooling2D({.name = name}); });
}

TEST_CASE("GlobalMaxPooling2D") {
  test::check_layer(GlobalMaxPooling2D(), about({3}));
  test::check_layer(GlobalMaxPooling2D({.keepdims = true}), about({1, 1, 3}));
  test::check_names("global_max_pooling2d",
                    [](std::string name) { return GlobalMaxPooling2D({.name = name}); });
}

TEST_CASE("pooling over one axis") {
  const auto steps = [](const Shape& output) {
    auto check = about(output);
    check.inputs[0] = Tensor<Cpu>({2, 30, 3}, check.inputs[0].to_vector());
    return check;
  };
  test::check_layer(MaxPooling1D(), steps({15, 3}));
  test::check_layer(AveragePooling1D({.pool_size = 4, .strides = 3, .padding = "same"}), steps({10, 3}));
  test::check_layer(GlobalAveragePooling1D(), steps({3}));
  test::check_layer(GlobalMaxPooling1D({.keepdims = true}), steps({1, 3}));
  CHECK_THROWS_WITH(MaxPooling1D({.name = "p"})(Input({4, 4, 3})),
                    "in 'p': [max_pooling1d] input (4, 4, 3) is no sequence: expected (steps, channels)");
}

TEST_CASE("adaptive pooling") {
  test::check_layer(AdaptiveAveragePooling2D({.output_size = {2, 3}}),
                    about({2, 3, 3}));  // columns divide evenly
  test::check_layer(AdaptiveAveragePooling2D({.output_size = {7, 4}}), about({7, 4, 3}));
  test::check_layer(AdaptiveMaxPooling2D({.output_size = 3}), about({3, 3, 3}));
  test::check_layer(AdaptiveMaxPooling2D({.output_size = {1, 6}}), about({1, 6, 3}));
  const auto steps = [](const Shape& output) {
    auto check = about(output);
    check.inputs[0] = Tensor<Cpu>({2, 10, 9}, check.inputs[0].to_vector());
    return check;
  };
  test::check_layer(AdaptiveAveragePooling1D({.output_size = 4}), steps({4, 9}));
  test::check_layer(AdaptiveMaxPooling1D({.output_size = 5}), steps({5, 9}));
  test::LayerRun thirds(AdaptiveAveragePooling1D({.output_size = 3}), {Tensor<>({1, 5, 1}, {1, 2, 4, 8, 17})},
                        false);
  CHECK(thirds.forward().to_vector() == std::vector<float>{1.5f, 14.0f / 3, 12.5f});
  test::check_names("adaptive_max_pooling2d",
                    [](std::string name) { return AdaptiveMaxPooling2D({.output_size = 1, .name = name}); });
  CHECK_THROWS_WITH(AdaptiveMaxPooling2D({.output_size = {3, 0}, .name = "p"}),
                    "in 'p': output_size is 0, expected 1 to 16384");
  CHECK_THROWS_WITH(AdaptiveAveragePooling2D({.output_size = 3, .name = "p"})(Input({4})),
                    Catch::StartsWith("in 'p': [adaptive_average_pooling2d] input (4,) is no image"));
}

TEST_CASE("the options of pooling say the strides that were meant") {
  CHECK(MaxPooling2D({.pool_size = {3, 2}}).options().strides == ops::Size2D(3, 2));
  CHECK(AveragePooling1D({.pool_size = 3, .strides = 1}).options().strides == 1);
}

TEST_CASE("pooling refuses bad options and inputs, by name") {
  CHECK_THROWS_WITH(MaxPooling2D({.padding = "full", .name = "p"}),
                    "in 'p': unknown padding 'full': expected valid or same");
  CHECK_THROWS_WITH(AveragePooling2D({.pool_size = {2, 0}, .name = "p"})(Input({4, 4, 3})),
                    Catch::StartsWith("in 'p': [average_pool2d] window (2, 0)"));
  CHECK_THROWS_WITH(
      MaxPooling2D({.pool_size = 5, .name = "p"})(Input({4, 4, 3})),
      Catch::StartsWith("in 'p': [max_pool2d] input (4, 4, 3) is smaller than the window (5, 5)"));
  CHECK_THROWS_WITH(GlobalAveragePooling2D({.name = "p"})(Input({4})),
                    Catch::StartsWith("in 'p': [global_average_pool2d] input (4,) is no image"));
}

}  // namespace test_pooling
