// random_flip and random_rotation: what they draw, and the plain turns. Keras' own pixels are in
// tests/layers/test_keras_goldens.cpp.

#include "tanuki/backend/eigen/random_flip.hpp"
#include "tanuki/backend/eigen/random_rotation.hpp"
#include "tests/ops/op_harness.hpp"

using namespace tanuki;
using ops::FlipMode;
using FlipKernel = ops::RandomFlipKernel<Cpu>;
using RotationKernel = ops::RandomRotationKernel<Cpu>;

namespace {

constexpr float half_turn = 3.14159265358979f;

std::vector<float> rotated(const Tensor<Cpu>& image, float angle) {
  std::vector<float> result(std::size_t(image.size()));
  RotationKernel::rotate(image.data(), result.data(), image.shape(), angle);
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

TEST_CASE("augmentation refuses what is no image") {
  CHECK_THROWS_AS(test::output_shape(ops::RandomFlip<Cpu>(FlipMode::vertical), {{4, 4}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::RandomRotation<Cpu>({-1, 1}), {{4, 4}}), Error);
}
