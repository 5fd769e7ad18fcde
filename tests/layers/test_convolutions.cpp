// Conv2D, DepthwiseConv2D and SeparableConv2D.

#include "tests/layers/check_layer.hpp"

using namespace tanuki;
using test::some_numbers;

TEST_CASE("Conv2D") {
  test::check_layer(Conv2D({.filters = 4, .kernel_size = 3}), {.inputs = {some_numbers({2, 5, 6, 3}, 0)},
                                                               .output = {3, 4, 4},
                                                               .weights = {"kernel", "bias"},
                                                               .trainable = 2,
                                                               .params = 112});
  test::check_layer(Conv2D({.filters = 5,
                            .kernel_size = {3, 2},
                            .strides = {2, 1},
                            .padding = "same",
                            .activation = "tanh",
                            .use_bias = false}),
                    {.inputs = {some_numbers({2, 5, 6, 3}, 0)},
                     .output = {3, 6, 5},
                     .weights = {"kernel"},
                     .trainable = 1,
                     .params = 90});
  test::check_names("conv2d",
                    [](std::string name) { return Conv2D({.filters = 1, .kernel_size = 1, .name = name}); });
}

TEST_CASE("DepthwiseConv2D") {
  test::check_layer(DepthwiseConv2D({.kernel_size = 3, .padding = "same", .depth_multiplier = 2}),
                    {.inputs = {some_numbers({2, 4, 5, 3}, 0)},
                     .output = {4, 5, 6},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 60});
  test::check_names("depthwise_conv2d",
                    [](std::string name) { return DepthwiseConv2D({.kernel_size = 1, .name = name}); });
}

TEST_CASE("SeparableConv2D") {
  test::check_layer(SeparableConv2D({.filters = 5, .kernel_size = 3}),
                    {.inputs = {some_numbers({2, 5, 5, 3}, 0)},
                     .output = {3, 3, 5},
                     .weights = {"depthwise_kernel", "pointwise_kernel", "bias"},
                     .trainable = 3,
                     .params = 47});
  test::check_layer(SeparableConv2D({.filters = 4,
                                     .kernel_size = 3,
                                     .strides = 2,
                                     .padding = "same",
                                     .depth_multiplier = 2,
                                     .use_bias = false}),
                    {.inputs = {some_numbers({2, 6, 5, 3}, 0)},
                     .output = {3, 3, 4},
                     .weights = {"depthwise_kernel", "pointwise_kernel"},
                     .trainable = 2,
                     .params = 78});
  test::check_names("separable_conv2d", [](std::string name) {
    return SeparableConv2D({.filters = 1, .kernel_size = 1, .name = name});
  });
}

TEST_CASE("convolutions refuse bad options and other inputs, by name") {
  CHECK_THROWS_WITH(Conv2D({.filters = 0, .kernel_size = 3, .name = "c"}),
                    "in 'c': filters is 0, expected at least 1");
  CHECK_THROWS_WITH(Conv2D({.filters = 1, .kernel_size = {3, 0}, .name = "c"}),
                    "in 'c': kernel_size is (3, 0), expected numbers of at least 1");
  CHECK_THROWS_WITH(DepthwiseConv2D({.kernel_size = 3, .strides = 0, .name = "c"}),
                    "in 'c': strides is (0, 0), expected numbers of at least 1");
  CHECK_THROWS_WITH(DepthwiseConv2D({.kernel_size = 3, .depth_multiplier = -1, .name = "c"}),
                    "in 'c': depth_multiplier is -1, expected at least 1");
  CHECK_THROWS_WITH(SeparableConv2D({.filters = 1, .kernel_size = 3, .padding = "full", .name = "c"}),
                    "in 'c': unknown padding 'full': expected valid or same");
  const Conv2D layer({.filters = 4, .kernel_size = 3, .name = "block1_conv1"});
  CHECK_THROWS_WITH(layer(Input({8})),
                    Catch::StartsWith("in 'block1_conv1': [conv2d] input (8,) is no image"));
  CHECK(layer.weights().empty());
  layer.build({8, 8, 3});
  CHECK_THROWS_WITH(
      layer(Input({8, 8, 4})),
      "in 'block1_conv1': [conv2d] input (8, 8, 4) does not fit kernel (3, 3, 3, 4): expected 3 channels");
  CHECK_THROWS_WITH(layer(Input({2, 8, 3})), Catch::Contains("is smaller than the window (3, 3)"));
}
