// max_pool2d, average_pool2d and global_average_pool2d.

#include "tanuki/backend/eigen/average_pool2d.hpp"
#include "tanuki/backend/eigen/global_average_pool2d.hpp"
#include "tanuki/backend/eigen/max_pool2d.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_pooling {

using namespace tanuki;
using ops::Padding;

namespace {

std::vector<float> forward(const ops::Op<Cpu>& op, const Tensor<Cpu>& x) {
  Context<Cpu> context(1);
  return test::OpRun(op, {x}).forward(context).output;
}

/// What each input gets when every output's gradient is 1, 2, 3 …
std::vector<float> gradient_of_numbers(const ops::Op<Cpu>& op, const Tensor<Cpu>& x) {
  Context<Cpu> context(1);
  const test::OpRun run(op, {x});
  auto result = run.forward(context);
  std::vector<float> numbers(result.output.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = float(i + 1);
  run.backward(context, result, numbers, {.inputs = true});
  return result.input_gradients[0];
}

}  // namespace

TEST_CASE("pooling agrees with finite differences") {
  const auto padding = GENERATE(Padding::valid, Padding::same);
  const ops::Size2D size = GENERATE(ops::Size2D(1), ops::Size2D(2), ops::Size2D(3), ops::Size2D(3, 2));
  const ops::Size2D strides = GENERATE(ops::Size2D(1), ops::Size2D(2), ops::Size2D(3, 1));
  const Index channels = GENERATE(3, 18);
  const Tensor<Cpu> x = test::distinct_tensor({2, 5, 6, channels}, 0, 0.03f);
  test::check_op(ops::MaxPool2D<Cpu>({size, strides, padding}), {x});
  test::check_op(ops::AveragePool2D<Cpu>({size, strides, padding}), {x});
}

TEST_CASE("global average pooling agrees with finite differences") {
  const ops::GlobalAveragePool2D<Cpu> op(GENERATE(false, true));
  test::check_op(op, {test::random_tensor({2, 3, 4, 18})});
  test::check_op(op, {test::random_tensor({3, 1, 1, 5})});
}

TEST_CASE("the window at the border") {
  const Tensor<Cpu> x({1, 2, 3, 1}, {-1, -2, -3, -4, -5, -6});
  SECTION("padding is never the largest") {
    CHECK(forward(ops::MaxPool2D<Cpu>({2, 2, Padding::same}), x) == std::vector<float>{-1, -3});
    CHECK(forward(ops::MaxPool2D<Cpu>({2, 2, Padding::valid}), x) == std::vector<float>{-1});
  }
  SECTION("padding does not count for the mean") {
    CHECK(forward(ops::AveragePool2D<Cpu>({2, 2, Padding::same}), x) == std::vector<float>{-3, -4.5f});
  }
  SECTION("a window larger than the image") {
    CHECK(forward(ops::MaxPool2D<Cpu>({7, 7, Padding::same}), x) == std::vector<float>{-1});
    CHECK(forward(ops::AveragePool2D<Cpu>({7, 7, Padding::same}), x) == std::vector<float>{-3.5f});
  }
}

TEST_CASE("of equal values the first gets the gradient") {
  const Tensor<Cpu> x({1, 2, 3, 1}, {1, 2, 2, 2, 2, 0});
  CHECK(gradient_of_numbers(ops::MaxPool2D<Cpu>({2, 1, Padding::valid}), x) ==
        std::vector<float>{0, 3, 0, 0, 0, 0});
}

TEST_CASE("a NaN in the window is the result of max pooling") {
  const Index place = GENERATE(0, 1, 3);
  Tensor<Cpu> x({1, 2, 2, 17});
  for (Index c = 0; c < 17; ++c) x.data()[place * 17 + c] = std::nanf("");
  Tensor<Cpu> y({1, 1, 1, 17}), taps({17});
  const auto view = std::as_const(x).view();
  Context<Cpu> context(1);
  ops::MaxPool2D<Cpu>({2, 2}).forward({context, {&view, 1}, y.view(), taps.view(), {}});
  for (Index c = 0; c < 17; ++c) {
    CHECK(std::isnan(y.data()[c]));
    CHECK(taps.data()[c] == float(place));
  }
  ops::MaxPool2D<Cpu>({2, 2}).forward({context, {&view, 1}, y.view(), {}, {}});
  for (Index c = 0; c < 17; ++c) CHECK(std::isnan(y.data()[c]));
}

TEST_CASE("the mean of a large image keeps its digits") {
  const Tensor<Cpu> x = test::random_tensor({1, 300, 300, 2}, 0, 100, 1);
  const auto y = forward(ops::GlobalAveragePool2D<Cpu>(false), x);
  for (std::size_t c = 0; c < 2; ++c) {
    double sum = 0;
    for (Index i = Index(c); i < x.size(); i += 2) sum += double(x.data()[i]);
    CHECK(std::abs(double(y[c]) - sum / 90000) < 1e-4);
  }
}

TEST_CASE("pooling refuses what is no image, or smaller than the window") {
  CHECK_THROWS_WITH(test::output_shape(ops::MaxPool2D<Cpu>({3, 1}), {{2, 5, 3}}),
                    Catch::Contains("[max_pool2d] input (2, 5, 3) is smaller than the window (3, 3)"));
  CHECK_THROWS_AS(test::output_shape(ops::AveragePool2D<Cpu>({2, 0}), {{4, 4, 3}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::MaxPool2D<Cpu>({1 << 13, 1, Padding::same}), {{4, 4, 3}}), Error);
  CHECK_THROWS_WITH(test::output_shape(ops::GlobalAveragePool2D<Cpu>(false), {{4, 3}}),
                    Catch::Contains("[global_average_pool2d] input (4, 3) is no image"));
}

}  // namespace test_pooling
