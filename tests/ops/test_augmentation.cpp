// The random image ops: what they draw, and the plain turns. Keras' own pixels are in
// tests/layers/test_augment_goldens.cpp.

#include "tanuki/backend/eigen/affine_transform.hpp"
#include "tanuki/backend/eigen/random_color.hpp"
#include "tanuki/backend/eigen/random_crop.hpp"
#include "tanuki/backend/eigen/random_flip.hpp"
#include "tanuki/ops/random_rotation.hpp"
#include "tanuki/ops/random_translation.hpp"
#include "tanuki/ops/random_zoom.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_augmentation {

using namespace tanuki;
using ops::FlipMode;
using FlipKernel = ops::RandomFlipKernel<Cpu>;
using AffineKernel = ops::AffineTransformKernel<Cpu>;

namespace {

constexpr float half_turn = 3.14159265358979f;

std::vector<float> rotated(const Tensor<Cpu>& image, float angle) {
  std::vector<float> result(std::size_t(image.size()));
  AffineKernel::transform(image.data(), result.data(), image.shape(),
                          ops::rotation_matrix(angle, image.shape()[0], image.shape()[1]), {});
  return result;
}

void check_close(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-4));
}

/// Runs the op on copies of one image; gives which of the copies came out as `expected`.
std::vector<bool> copies_like(const ops::Op<Cpu>& op, const Tensor<Cpu>& image, Index copies,
                              const std::vector<float>& expected, Random random) {
  std::vector<float> batch;
  for (Index n = 0; n < copies; ++n) batch.insert(batch.end(), image.data(), image.data() + image.size());
  Context<Cpu> context(2);
  const auto output =
      test::OpRun(op, {Tensor<Cpu>(image.shape().with_batch(copies), batch)}, random).forward(context).output;
  std::vector<bool> like;
  for (Index n = 0; n < copies; ++n) {
    like.push_back(std::equal(expected.begin(), expected.end(), output.begin() + n * image.size()));
  }
  return like;
}

}  // namespace

TEST_CASE("flips: values") {
  const Tensor<Cpu> image({2, 3, 1}, {1, 2, 3, 4, 5, 6});
  const auto flip = [&](bool horizontal, bool vertical) {
    std::vector<float> result(6);
    FlipKernel::flip(image.data(), result.data(), image.shape(), horizontal, vertical);
    return result;
  };
  CHECK(flip(false, false) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(flip(true, false) == std::vector<float>{3, 2, 1, 6, 5, 4});
  CHECK(flip(false, true) == std::vector<float>{4, 5, 6, 1, 2, 3});
  CHECK(flip(true, true) == std::vector<float>{6, 5, 4, 3, 2, 1});
}

TEST_CASE("an image is flipped where its draw is at most one half, on both axes by one draw") {
  const Tensor<Cpu> image = test::random_tensor({3, 4, 2});
  const auto mode = GENERATE(FlipMode::horizontal, FlipMode::vertical, FlipMode::horizontal_and_vertical);
  std::vector<float> flipped(std::size_t(image.size()));
  FlipKernel::flip(image.data(), flipped.data(), image.shape(), mode != FlipMode::vertical,
                   mode != FlipMode::horizontal);
  const Random random{8, 9};
  const ops::RandomFlip<Cpu> op(mode);
  const auto like_flipped = copies_like(op, image, 100, flipped, random);
  const auto like_before = copies_like(op, image, 100, image.to_vector(), random);
  for (std::size_t n = 0; n < 100; ++n) {
    CHECK(like_flipped[n] == (random.uniform(n) <= 0.5f));
    CHECK(like_before[n] == !like_flipped[n]);
  }
  CHECK_FALSE(op.differentiable());
}

TEST_CASE("turns by quarters; positive is counter-clockwise") {
  const Tensor<Cpu> image({3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  check_close(rotated(image, 0), {1, 2, 3, 4, 5, 6, 7, 8, 9});
  check_close(rotated(image, half_turn / 2), {3, 6, 9, 2, 5, 8, 1, 4, 7});
  check_close(rotated(image, -half_turn / 2), {7, 4, 1, 8, 5, 2, 9, 6, 3});
  check_close(rotated(image, half_turn), {9, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("beyond its edges an image goes on mirrored") {
  const Tensor<Cpu> row({1, 4, 1}, {1, 2, 3, 4});
  // Turned by a quarter, column x reads row x - 1.5 of a single row: always the same row, and column 1.5.
  check_close(rotated(row, half_turn / 2), {2.5f, 2.5f, 2.5f, 2.5f});
  const Tensor<Cpu> column({4, 2, 1}, {1, 1, 2, 2, 3, 3, 4, 4});
  check_close(rotated(column, half_turn / 2), {2, 3, 2, 3, 2, 3, 2, 3});
}

TEST_CASE("image n is turned by its own draw between the two angles") {
  const Tensor<Cpu> image = test::random_tensor({5, 6, 2});
  const Random random{8, 9};
  const ops::AngleRange range{-0.3f, 1.2f};
  const ops::RandomRotation<Cpu> op(range);
  for (std::size_t n = 0; n < 8; ++n) {
    const auto expected = rotated(image, random.uniform(n, range.lower, range.upper));
    CHECK(copies_like(op, image, 8, expected, random)[n]);
  }
  CHECK_FALSE(op.differentiable());
}

TEST_CASE("image n is zoomed, moved and changed by its own draws") {
  const Tensor<Cpu> image = test::random_tensor({5, 6, 2});
  const Random random{8, 9};
  const auto moved = [&](const ops::AffineMatrix& matrix) {
    std::vector<float> result(std::size_t(image.size()));
    AffineKernel::transform(image.data(), result.data(), image.shape(), matrix, {});
    return result;
  };
  const ops::RandomZoom<Cpu> zoom({0.5f, 1.5f}, ops::ScaleRange{0.8f, 1.1f}), even({0.5f, 1.5f}, {});
  const ops::RandomTranslation<Cpu> shift({-0.5f, 0.5f}, {0, 0.25f});
  const ops::RandomColorOptions colors{0.5f, 1.5f, {-1, 1}};
  for (std::uint64_t n = 0; n < 8; ++n) {
    const float down = random.uniform(2 * n, 0.5f, 1.5f), across = random.uniform(2 * n + 1, 0.8f, 1.1f);
    CHECK(copies_like(zoom, image, 8, moved(ops::zoom_matrix(across, down, 5, 6)), random)[n]);
    CHECK(copies_like(even, image, 8, moved(ops::zoom_matrix(down, down, 5, 6)), random)[n]);
    const float rows = random.uniform(2 * n, -0.5f, 0.5f), columns = random.uniform(2 * n + 1, 0, 0.25f);
    CHECK(copies_like(shift, image, 8, moved(ops::translation_matrix(columns * 6, rows * 5)), random)[n]);
    const float draw = random.uniform(n, 0.5f, 1.5f);
    std::vector<float> expected(std::size_t(image.size()));
    ops::RandomColorKernel<Cpu>::contrast_image(image.data(), expected.data(), image.shape(), draw, {-1, 1});
    CHECK(copies_like(ops::RandomContrast<Cpu>(colors), image, 8, expected, random)[n]);
    ops::RandomColorKernel<Cpu>::brightness_image(image.data(), expected.data(), image.size(), draw, {-1, 1});
    CHECK(copies_like(ops::RandomBrightness<Cpu>(colors), image, 8, expected, random)[n]);
  }
}

TEST_CASE("beyond its edges an image goes on as the fill mode says") {
  const Tensor<Cpu> row({1, 4, 1}, {1, 2, 3, 4});
  const auto moved = [&](ops::FillMode mode, float right) {
    std::vector<float> result(4);
    AffineKernel::transform(row.data(), result.data(), row.shape(), ops::translation_matrix(right, 0),
                            {.fill_mode = mode, .fill_value = 9});
    return result;
  };
  CHECK(moved(ops::FillMode::constant, 2) == std::vector<float>{9, 9, 1, 2});
  CHECK(moved(ops::FillMode::nearest, 2) == std::vector<float>{1, 1, 1, 2});
  CHECK(moved(ops::FillMode::reflect, 2) == std::vector<float>{2, 1, 1, 2});
  CHECK(moved(ops::FillMode::wrap, 2) == std::vector<float>{3, 4, 1, 2});
  CHECK(moved(ops::FillMode::constant, -1) == std::vector<float>{2, 3, 4, 9});
  CHECK(moved(ops::FillMode::nearest, -1) == std::vector<float>{2, 3, 4, 4});
}

TEST_CASE("a part is cut out at the image's own draws") {
  const Tensor<Cpu> image({3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const Random random{8, 9};
  Context<Cpu> context(2);
  std::vector<float> batch;
  for (int n = 0; n < 20; ++n) batch.insert(batch.end(), image.data(), image.data() + 9);
  const auto output = test::OpRun(ops::RandomCrop<Cpu>(2), {Tensor<Cpu>({20, 3, 3, 1}, batch)}, random)
                          .forward(context)
                          .output;
  for (std::size_t n = 0; n < 20; ++n) {
    const float corner =
        1 + 3 * std::floor(random.uniform(2 * n) * 2) + std::floor(random.uniform(2 * n + 1) * 2);
    const std::vector<float> part(output.begin() + Index(n) * 4, output.begin() + Index(n) * 4 + 4);
    CHECK(part == std::vector<float>{corner, corner + 1, corner + 3, corner + 4});
  }
  CHECK_THROWS_WITH(test::output_shape(ops::RandomCrop<Cpu>(4), {{3, 5, 1}}),
                    "[random_crop] input (3, 5, 1) has no part of (4, 4)");
}

TEST_CASE("augmentation refuses what is no image") {
  CHECK_THROWS_AS(test::output_shape(ops::RandomFlip<Cpu>(FlipMode::vertical), {{4, 4}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::RandomRotation<Cpu>({-1, 1}), {{4, 4}}), Error);
}

}  // namespace test_augmentation
