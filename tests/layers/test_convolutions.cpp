// The convolution layers over one and two axes. Their numbers: test_convolution_goldens.cpp.

#include "tests/layers/check_layer.hpp"

namespace test_convolutions {

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

TEST_CASE("Conv2D with dilation and in groups") {
  test::check_layer(Conv2D({.filters = 4, .kernel_size = {3, 2}, .padding = "same", .dilation_rate = 2}),
                    {.inputs = {some_numbers({2, 5, 6, 3}, 0)},
                     .output = {5, 6, 4},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 76});
  test::check_layer(Conv2D({.filters = 6, .kernel_size = 3, .strides = 2, .groups = 2}),
                    {.inputs = {some_numbers({2, 5, 6, 4}, 0)},
                     .output = {2, 2, 6},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 114});
  const Conv2D by_channel({.filters = 8, .kernel_size = 3, .padding = "same", .groups = 4});
  test::check_layer(by_channel, {.inputs = {some_numbers({2, 4, 3, 4}, 0)},
                                 .output = {4, 3, 8},
                                 .weights = {"kernel", "bias"},
                                 .trainable = 2,
                                 .params = 80});
  CHECK(by_channel.weights()[0].shape() == Shape{3, 3, 1, 8});
}

TEST_CASE("Conv1D") {
  for (const std::string padding : {"valid", "same", "causal"}) {
    test::check_layer(
        Conv1D(
            {.filters = 4, .kernel_size = 3, .padding = padding, .dilation_rate = 2, .activation = "tanh"}),
        {.inputs = {some_numbers({2, 7, 3}, 0)},
         .output = {padding == "valid" ? 3 : 7, 4},
         .weights = {"kernel", "bias"},
         .trainable = 2,
         .params = 40});
  }
  test::check_names("conv1d",
                    [](std::string name) { return Conv1D({.filters = 1, .kernel_size = 1, .name = name}); });
}

TEST_CASE("DepthwiseConv1D and SeparableConv1D") {
  test::check_layer(DepthwiseConv1D({.kernel_size = 3, .strides = 2, .depth_multiplier = 2}),
                    {.inputs = {some_numbers({2, 8, 3}, 0)},
                     .output = {3, 6},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 24});
  test::check_layer(SeparableConv1D({.filters = 4, .kernel_size = 3, .padding = "same", .dilation_rate = 2}),
                    {.inputs = {some_numbers({2, 8, 3}, 0)},
                     .output = {8, 4},
                     .weights = {"depthwise_kernel", "pointwise_kernel", "bias"},
                     .trainable = 3,
                     .params = 25});
}

TEST_CASE("Conv2DTranspose and Conv1DTranspose") {
  test::check_layer(Conv2DTranspose({.filters = 4, .kernel_size = 3, .strides = 2, .padding = "same"}),
                    {.inputs = {some_numbers({2, 3, 4, 3}, 0)},
                     .output = {6, 8, 4},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 112});
  test::check_layer(Conv2DTranspose({.filters = 2, .kernel_size = 3, .dilation_rate = 2, .use_bias = false}),
                    {.inputs = {some_numbers({2, 3, 4, 3}, 0)},
                     .output = {7, 8, 2},
                     .weights = {"kernel"},
                     .trainable = 1,
                     .params = 54});
  test::check_layer(Conv1DTranspose({.filters = 4, .kernel_size = 3, .strides = 2, .output_padding = 1}),
                    {.inputs = {some_numbers({2, 4, 3}, 0)},
                     .output = {10, 4},
                     .weights = {"kernel", "bias"},
                     .trainable = 2,
                     .params = 40});
  test::check_names("conv2d_transpose", [](std::string name) {
    return Conv2DTranspose({.filters = 1, .kernel_size = 1, .name = name});
  });
}

TEST_CASE("convolutions refuse groups, dilation and paddings that do not go together") {
  CHECK_THROWS_WITH(Conv2D({.filters = 3, .kernel_size = 3, .groups = 2, .name = "c"}),
                    "in 'c': 3 filters in 2 groups, expected a number that the groups divide");
  CHECK_THROWS_WITH(
      Conv2D({.filters = 4, .kernel_size = 3, .groups = 2, .name = "c"})(Input({8, 8, 3})),
      "in 'c': [conv2d] input (8, 8, 3) has 3 channels: expected a number that 2 groups divide");
  CHECK_THROWS_WITH(Conv2D({.filters = 4, .kernel_size = 3, .strides = 2, .dilation_rate = 2, .name = "c"}),
                    Catch::Contains("expected one of them to be 1"));
  CHECK_THROWS_WITH(Conv2D({.filters = 4, .kernel_size = 3, .padding = "causal", .name = "c"}),
                    "in 'c': unknown padding 'causal': expected valid or same");
  CHECK_THROWS_WITH(Conv1D({.filters = 4, .kernel_size = 3, .name = "c"})(Input({8, 8, 3})),
                    "in 'c': [conv1d] input (8, 8, 3) is no sequence: expected (steps, channels)");
  CHECK_THROWS_WITH(Conv1D({.filters = 4, .kernel_size = 3, .dilation_rate = Index{1} << 40, .name = "c"}),
                    "in 'c': dilation_rate is 1099511627776, expected at most 1073741824");
  CHECK_THROWS_WITH(
      Conv2DTranspose({.filters = 4, .kernel_size = 3, .strides = 2, .output_padding = 2, .name = "c"}),
      "in 'c': output_padding is 2, expected 0 to the stride, 2, less 1");
  CHECK_THROWS_WITH(Conv2DTranspose({.filters = 4,
                                     .kernel_size = 2,
                                     .strides = 2,
                                     .padding = "same",
                                     .output_padding = 0,
                                     .name = "c"})(Input({4, 4, 3})),
                    Catch::StartsWith("in 'c': [conv2d_transpose] no output of (6, 6, 4) comes from input"));
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

}  // namespace test_convolutions
