#include <catch2/catch.hpp>

#include "files.hpp"
#include "resize_golden.hpp"
#include "tanuki/data/resize.hpp"

namespace test_resize {

using namespace tanuki;

TEST_CASE("resizing agrees with TensorFlow") {
  for (const ResizeGolden& golden : resize_golden) {
    CAPTURE(golden.height, golden.width, golden.to_height, golden.to_width, golden.smart);
    const Shape shape{golden.height, golden.width, golden.channels};
    const test::Bytes pixels = test::pattern(shape.elements());
    Tensor<Cpu> x(shape);
    std::copy(pixels.begin(), pixels.end(), x.data());
    const ImageSize size{golden.to_height, golden.to_width};
    const Tensor<Cpu> y = golden.smart ? smart_resize(x.view(), size) : resize_bilinear(x.view(), size);
    REQUIRE(y.shape() == Shape{golden.to_height, golden.to_width, golden.channels});
    REQUIRE(Index(golden.values.size()) == (y.size() + golden.step - 1) / golden.step);
    for (std::size_t i = 0; i < golden.values.size(); ++i) {
      CAPTURE(i);
      REQUIRE(std::abs(y.data()[i * std::size_t(golden.step)] - golden.values[i]) <= 1e-4f);
    }
  }
}

TEST_CASE("an image and its tensor are resized alike") {
  const Image image{11, 23, test::pattern(11 * 23 * 3)};
  const Tensor<Cpu> x = to_tensor(image);
  REQUIRE(resize_bilinear(image, {7, 9}).to_vector() == resize_bilinear(x.view(), {7, 9}).to_vector());
  REQUIRE(smart_resize(image, {7, 9}).to_vector() == smart_resize(x.view(), {7, 9}).to_vector());
}

TEST_CASE("the same size gives the same numbers") {
  const Image image{6, 5, test::pattern(90)};
  REQUIRE(resize_bilinear(image, {6, 5}).to_vector() == to_tensor(image).to_vector());
}

TEST_CASE("bad sizes are refused") {
  const Image image{2, 2, test::Bytes(12)};
  REQUIRE_THROWS_WITH(resize_bilinear(image, {0, 5}), Catch::Contains("(0, 5)"));
  REQUIRE_THROWS_WITH(smart_resize(image, {5, -1}), Catch::Contains("(5, -1)"));
  REQUIRE_THROWS_WITH(resize_bilinear(Image{}, {5, 5}), Catch::Contains("no pixels"));
  REQUIRE_THROWS_WITH(smart_resize(Image{}, {5, 5}), Catch::Contains("no pixels"));
  REQUIRE_THROWS_AS(resize_bilinear(Image{2, 2, test::Bytes(3)}, {5, 5}), Error);
  REQUIRE_THROWS_WITH(resize_bilinear(Tensor<Cpu>(Shape{2, 2}).view(), {5, 5}), Catch::Contains("(2, 2)"));
}

}  // namespace test_resize
