#include <catch2/catch.hpp>

#include "tanuki/data/decode.hpp"
#include "tanuki/io/plots/image_grid.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_image_grid {

using namespace tanuki;

namespace {

/// `count` images of one colour each: image i is (10 i, 20 i, 30 i).
Tensor<> plain(Index count, Index height, Index width) {
  Tensor<> images({count, height, width, 3});
  for (Index i = 0; i < images.size(); ++i)
    images.data()[i] = float(i / (height * width * 3)) * 10 * float(i % 3 + 1);
  return images;
}

std::array<int, 3> at(const Image& image, Index y, Index x) {
  const auto* p = image.pixels.data() + (y * image.width + x) * 3;
  return {p[0], p[1], p[2]};
}

}  // namespace

TEST_CASE("images fill the grid row by row, white between them") {
  const Tensor<> images = plain(5, 4, 6);
  const Image grid = image_grid(images.view(), {.gap = 2});
  REQUIRE(grid.width == 2 + 3 * (6 + 2));
  REQUIRE(grid.height == 2 + 2 * (4 + 2));
  const std::array<int, 3> white{255, 255, 255};
  for (Index i = 0; i < 5; ++i) {
    const Index top = 2 + i / 3 * 6, left = 2 + i % 3 * 8;
    const std::array<int, 3> colour{int(10 * i), int(20 * i), int(30 * i)};
    CHECK(at(grid, top, left) == colour);
    CHECK(at(grid, top + 3, left + 5) == colour);
    CHECK(at(grid, top - 1, left) == white);
    CHECK(at(grid, top, left - 1) == white);
    CHECK(at(grid, top + 4, left) == white);
    CHECK(at(grid, top, left + 6) == white);
  }
  CHECK(at(grid, 9, 20) == white);  // the sixth place is empty
}

TEST_CASE("columns can be given, and are no more than the images") {
  const Tensor<> images = plain(3, 2, 2);
  CHECK(image_grid(images.view(), {.columns = 1, .gap = 0}).height == 6);
  CHECK(image_grid(images.view(), {.columns = 8, .gap = 0}).width == 6);
}

TEST_CASE("a label is written below its image, and cut where it does not fit") {
  const Tensor<> images = plain(2, 10, 40);
  const auto ink = [](const Image& grid, Index left, Index right) {
    Index count = 0;
    for (Index y = 14; y < grid.height; ++y)
      for (Index x = left; x < right; ++x) count += at(grid, y, x)[0] < 255;
    return count;
  };
  const Image grid = image_grid(images.view(), {.columns = 2, .labels = {"I", ""}, .gap = 2});
  CHECK(ink(grid, 0, 43) == 11);  // the letter I: two serifs of three pixels, five pixels between them
  CHECK(ink(grid, 43, grid.width) == 0);
  const Image cut = image_grid(images.view(), {.columns = 2, .labels = {"WWWWWWWWWWWW", ""}, .gap = 2});
  CHECK(ink(cut, 2, 42) ==
        6 * ink(image_grid(images.view(), {.columns = 2, .labels = {"W", ""}, .gap = 2}), 2, 42));
  CHECK(ink(cut, 43, cut.width) == 0);
}

TEST_CASE("the file is a PNG of the same pixels") {
  const test::ScratchFolder folder;
  const Tensor<> images = plain(4, 8, 8);
  write_image_grid(folder / "grid.png", images.view());
  CHECK(decode_image(folder / "grid.png").pixels == image_grid(images.view()).pixels);
}

TEST_CASE("what is no batch of RGB images is refused") {
  CHECK_THROWS_WITH(image_grid(Tensor<>({2, 2, 3}).view()),
                    Catch::Contains("(2, 2, 3)") && Catch::Contains("(count, height, width, 3)"));
  CHECK_THROWS_WITH(image_grid(Tensor<>({1, 2, 2, 4}).view()), Catch::Contains("(1, 2, 2, 4)"));
  CHECK_THROWS_AS(image_grid(Tensor<>({0, 2, 2, 3}).view()), Error);
  CHECK_THROWS_WITH(image_grid(Tensor<>({2, 2, 2, 3}).view(), {.labels = {"one"}}),
                    Catch::Contains("2 images and 1 labels"));
  CHECK_THROWS_AS(image_grid(Tensor<>({2, 2, 2, 3}).view(), {.gap = -1}), Error);
}

}  // namespace test_image_grid
