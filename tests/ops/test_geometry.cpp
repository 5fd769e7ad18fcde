// pad2d, crop2d, resize2d and global_max_pool2d.

#include "tanuki/backend/eigen/crop2d.hpp"
#include "tanuki/backend/eigen/global_max_pool2d.hpp"
#include "tanuki/backend/eigen/pad2d.hpp"
#include "tanuki/backend/eigen/resize2d.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_geometry {

using namespace tanuki;
using ops::Interpolation;

namespace {

std::vector<float> forward(const ops::Op<Cpu>& op, const Tensor<Cpu>& x) {
  Context<Cpu> context(2);
  return test::OpRun(op, {x}).forward(context).output;
}

}  // namespace

TEST_CASE("padding and cropping undo each other") {
  const ops::Borders borders({1, 2}, {0, 3});
  const Tensor<Cpu> x({1, 1, 2, 1}, {1, 2});
  const auto padded = forward(ops::Pad2D<Cpu>(borders, 9), x);
  CHECK(padded == std::vector<float>{9, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  CHECK(forward(ops::Crop2D<Cpu>(borders), {{1, 4, 5, 1}, padded}) == std::vector<float>{1, 2});
  test::check_op(ops::Pad2D<Cpu>(borders, 3), {test::random_tensor({2, 3, 4, 5})});
  test::check_op(ops::Crop2D<Cpu>(borders), {test::random_tensor({2, 4, 5, 5})});
  CHECK_THROWS_AS(test::output_shape(ops::Pad2D<Cpu>(ops::Borders(-1)), {{3, 4, 5}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::Crop2D<Cpu>(ops::Borders(2)), {{4, 9, 5}}), Error);
}

TEST_CASE("resizing agrees with finite differences") {
  const auto how = GENERATE(Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic,
                            Interpolation::area, Interpolation::lanczos3, Interpolation::lanczos5);
  const ops::Size2D size = GENERATE(ops::Size2D(2, 9), ops::Size2D(7, 3), ops::Size2D(10, 12));
  const bool antialias = GENERATE(false, true);
  test::check_op(ops::Resize2D<Cpu>(size, how, antialias), {test::random_tensor({2, 5, 6, 3})});
}

TEST_CASE("resizing keeps a constant, and an image of the same size") {
  for (int kind = 0; kind < 6; ++kind) {
    const auto how = Interpolation(kind);
    Tensor<Cpu> flat({1, 5, 4, 2});
    std::fill_n(flat.data(), flat.size(), 3.0f);
    for (float value : forward(ops::Resize2D<Cpu>({7, 2}, how, true), flat))
      CHECK(std::abs(value - 3) < 1e-5f);
    const Tensor<Cpu> x = test::random_tensor({1, 5, 4, 2});
    const auto same = forward(ops::Resize2D<Cpu>({5, 4}, how), x);
    for (std::size_t i = 0; i < same.size(); ++i) CHECK(std::abs(same[i] - x.data()[i]) < 1e-5f);
  }
  CHECK(forward(ops::Resize2D<Cpu>({1, 4}, Interpolation::nearest), {{1, 1, 2, 1}, {1, 2}}) ==
        std::vector<float>{1, 1, 2, 2});
  CHECK_THROWS_AS(test::output_shape(ops::Resize2D<Cpu>({0, 2}, Interpolation::area), {{4, 9, 5}}), Error);
}

TEST_CASE("global max pooling") {
  const ops::GlobalMaxPool2D<Cpu> op(GENERATE(false, true));
  test::check_op(op, {test::distinct_tensor({3, 2, 3, 18})});
  Context<Cpu> context(1);
  const test::OpRun run(op, {Tensor<Cpu>({1, 2, 2, 1}, {1, 5, 5, -2})});
  auto result = run.forward(context);
  CHECK(result.output == std::vector<float>{5});
  run.backward(context, result, {3}, {.inputs = true});
  CHECK(result.input_gradients[0] == std::vector<float>{0, 1.5f, 1.5f, 0});  // equal ones share
}

}  // namespace test_geometry
