// MaxPooling2D, AveragePooling2D and GlobalAveragePooling2D.

#include "tests/layers/check_layer.hpp"

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
