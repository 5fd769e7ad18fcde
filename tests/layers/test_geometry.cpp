// Padding, cropping, upsampling and resizing layers. Their numbers: test_convolution_goldens.cpp.

#include "tests/layers/check_layer.hpp"

namespace test_geometry {

using namespace tanuki;

namespace {

test::LayerCheck about(const Shape& input, const Shape& output) {
  return {.inputs = {test::some_numbers(input.with_batch(2), 0)}, .output = output};
}

}  // namespace

TEST_CASE("ZeroPadding") {
  test::check_layer(ZeroPadding2D(), about({2, 3, 2}, {4, 5, 2}));
  test::check_layer(ZeroPadding2D({.padding = {1, 2}}), about({2, 3, 2}, {4, 7, 2}));
  test::check_layer(ZeroPadding2D({.padding = {{0, 1}, {2, 3}}}), about({2, 3, 2}, {3, 8, 2}));
  test::check_layer(ZeroPadding1D({.padding = {1, 2}}), about({4, 3}, {7, 3}));
  test::check_names("zero_padding2d", [](std::string name) { return ZeroPadding2D({.name = name}); });
  CHECK_THROWS_WITH(ZeroPadding2D({.padding = -1, .name = "p"}),
                    Catch::StartsWith("in 'p': [padding] borders"));
}

TEST_CASE("Cropping") {
  test::check_layer(Cropping2D(), about({3, 3, 2}, {3, 3, 2}));
  test::check_layer(Cropping2D({.cropping = {{0, 1}, {2, 0}}}), about({3, 4, 2}, {2, 2, 2}));
  test::check_layer(Cropping1D({.cropping = {1, 2}}), about({6, 3}, {3, 3}));
  CHECK_THROWS_WITH(Cropping2D({.cropping = 2, .name = "c"})(Input({4, 9, 1})),
                    "in 'c': [crop2d] input (4, 9, 1) has nothing within the borders ((2, 2), (2, 2))");
}

TEST_CASE("UpSampling") {
  test::check_layer(UpSampling2D(), about({2, 3, 2}, {4, 6, 2}));
  test::check_layer(UpSampling2D({.size = {3, 2}, .interpolation = "bilinear"}), about({2, 3, 2}, {6, 6, 2}));
  test::check_layer(UpSampling1D({.size = 3}), about({4, 3}, {12, 3}));
  test::check_names("up_sampling2d", [](std::string name) { return UpSampling2D({.name = name}); });
  CHECK_THROWS_WITH(UpSampling2D({.interpolation = "cubic", .name = "u"}),
                    Catch::StartsWith("in 'u': unknown interpolation 'cubic'"));
  CHECK_THROWS_AS(UpSampling2D({.size = Index{1} << 30})(Input({Index{1} << 40, 1, 1})), Error);
}

TEST_CASE("Resizing and CenterCrop") {
  for (const std::string how : {"nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5"}) {
    test::check_layer(Resizing({.height = 3, .width = 7, .interpolation = how, .antialias = true}),
                      about({5, 4, 2}, {3, 7, 2}));
  }
  test::check_layer(Resizing({.height = 2, .width = 4, .crop_to_aspect_ratio = true}),
                    about({5, 4, 2}, {2, 4, 2}));
  test::check_layer(Resizing({.height = 2, .width = 4, .pad_to_aspect_ratio = true, .fill_value = 2}),
                    about({5, 4, 2}, {2, 4, 2}));
  test::check_layer(Resizing({.height = 5, .width = 4}), about({5, 4, 2}, {5, 4, 2}));
  test::check_layer(CenterCrop({.height = 2, .width = 3}), about({5, 4, 2}, {2, 3, 2}));
  test::check_layer(CenterCrop({.height = 6, .width = 3}), about({5, 4, 2}, {6, 3, 2}));
  test::check_names("center_crop",
                    [](std::string name) { return CenterCrop({.height = 1, .width = 1, .name = name}); });
  CHECK_THROWS_WITH(Resizing({.height = 0, .width = 4, .name = "r"}),
                    "in 'r': height is 0, expected at least 1");
  CHECK_THROWS_WITH(
      Resizing(
          {.height = 4, .width = 4, .crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true, .name = "r"}),
      "in 'r': both crop_to_aspect_ratio and pad_to_aspect_ratio, expected at most one");
}

}  // namespace test_geometry
