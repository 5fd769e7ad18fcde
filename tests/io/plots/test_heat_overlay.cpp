#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tanuki/io/plots/heat_overlay.hpp"
#include "tanuki/io/plots/write_worst_classified.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_heat_overlay {

using namespace tanuki;
using Catch::Contains;

namespace {

std::array<int, 3> at(const Image& image, Index y, Index x) {
  const auto* p = image.pixels.data() + (y * image.width + x) * 3;
  return {p[0], p[1], p[2]};
}

Tensor<> row(std::initializer_list<float> values) { return Tensor<>({1, Index(values.size()), 1}, values); }

}  // namespace

TEST_CASE("what a network is fed becomes pixels by its range") {
  using Bytes = std::vector<std::uint8_t>;
  CHECK(as_pixels(row({0, 255})).pixels == Bytes{0, 0, 0, 255, 255, 255});
  CHECK(as_pixels(row({2, 51})).pixels == Bytes{2, 2, 2, 51, 51, 51});
  CHECK(as_pixels(row({0, 0.2f})).pixels == Bytes{0, 0, 0, 51, 51, 51});
  CHECK(as_pixels(row({-1, 0.6f})).pixels == Bytes{0, 0, 0, 204, 204, 204});
  CHECK(as_pixels(row({-100, 100})).pixels == Bytes{0, 0, 0, 255, 255, 255});
  CHECK(as_pixels(row({-5, -5})).pixels == Bytes(6));
  CHECK_THROWS_WITH(as_pixels(Tensor<>({2, 2, 2})), Contains("(2, 2, 2)"));
}

TEST_CASE("heat is laid over the image, red where it is high, not at all where it is 0") {
  const Image grey{4, 4, std::vector<std::uint8_t>(48, 100)};
  const Image laid = heat_overlay(grey, Tensor<>({2, 2}, {1, 0, 0, 0}));
  CHECK(at(laid, 3, 3) == std::array<int, 3>{100, 100, 100});
  const auto hot = at(laid, 0, 0);
  CHECK(hot[0] > 150);
  CHECK(hot[1] < 80);
  CHECK(hot[2] < 80);
  CHECK(heat_overlay(grey, Tensor<>({1, 1})).pixels == grey.pixels);
  CHECK_THROWS_WITH(heat_overlay(grey, Tensor<>({2, 2, 1})), Contains("(2, 2, 1)"));
}

TEST_CASE("grad_cam() and the worst classified as files") {
  const test::ScratchFolder folder;
  const auto in = Input({8, 6, 3});
  const auto x = Conv2D({.filters = 2, .kernel_size = 3})(in);
  const Model model(in, Dense({.units = 2})(Flatten()(x)));
  Tensor<> images({3, 8, 6, 3});
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = float(i % 256);
  const Tensor<> image({8, 6, 3}, std::span(images.data(), 144));
  write_grad_cam(folder / "cam.png", model, image);
  const Image cam = decode_image(folder / "cam.png");
  CHECK(cam.height == 8);
  CHECK(cam.width == 6);

  model.compile({.optimizer = "adam", .loss = SparseCategoricalCrossentropy({.from_logits = true})});
  const auto worst = worst_classified(model, Dataset::from_tensors(images, Tensor<>({3})).batch(2), 2);
  write_worst_classified(folder / "worst.png", worst, {"cat", "dog"});
  CHECK(decode_image(folder / "worst.png").pixels == worst_classified_grid(worst, {"cat", "dog"}).pixels);
  CHECK_THROWS_WITH(worst_classified_grid({}, {}), Contains("no examples"));
}

TEST_CASE("a caption says what an example was taken for, and what it is") {
  const WorstClassified wrong{
      .index = 0, .loss = 4, .label = 1, .prediction = 0, .probability = 0.984, .example = {}};
  CHECK(worst_caption(wrong, {"cat", "dog"}) == "cat 98 %, is dog");
  CHECK(worst_caption(wrong, {}) == "0 98 %, is 1");
  const WorstClassified right{
      .index = 0, .loss = 1, .label = 1, .prediction = 1, .probability = 0.5, .example = {}};
  CHECK(worst_caption(right, {"cat", "dog"}) == "dog 50 %");
}

}  // namespace test_heat_overlay
