// Convolutions in groups, with dilation, with zeros around the image, transposed, over sequences: each agrees with
// the plain op on numbers laid out for that, and with finite differences.

#include "tanuki/backend/eigen/conv2d.hpp"
#include "tanuki/backend/eigen/depthwise_conv2d.hpp"
#include "tanuki/backend/eigen/grouped_conv2d.hpp"
#include "tanuki/backend/eigen/pad2d.hpp"
#include "tanuki/ops/conv2d_transpose.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_convolution_forms {

using namespace tanuki;
using namespace tanuki::test;
using ops::ConvolutionOptions;
using ops::Padding;

namespace {

constexpr OpCheck linear{.step = 0.25, .tolerance = 1e-4};

Weight<> weight(const Shape& shape) { return {"kernel", Role::learned, random_tensor(shape, 7, 0, 0.3f)}; }

/// (kh, kw, …) with zeros between the taps.
Weight<> spread(const Weight<>& kernel, ops::Size2D dilation) {
  const Shape& in = kernel.shape();
  const Index rest = in[2] * in[3];
  Tensor<> wide({(in[0] - 1) * dilation.height + 1, (in[1] - 1) * dilation.width + 1, in[2], in[3]});
  std::fill_n(wide.data(), wide.size(), 0.0f);
  for (Index y = 0; y < in[0]; ++y) {
    for (Index x = 0; x < in[1]; ++x) {
      std::copy_n(kernel.value().data() + (y * in[1] + x) * rest, rest,
                  wide.data() + (y * dilation.height * wide.shape()[1] + x * dilation.width) * rest);
    }
  }
  return {"kernel", Role::learned, wide};
}

OpResult forward(const ops::Op<Cpu>& op, const Tensor<>& x) {
  Context<Cpu> context(2);
  return OpRun(op, {x}).forward(context);
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(double(a[i]) - double(b[i])));
  return most;
}

}  // namespace

TEST_CASE("a dilated kernel is one with zeros between its taps") {
  const auto padding = GENERATE(Padding::valid, Padding::same);
  const ops::Size2D dilation = GENERATE(ops::Size2D(2), ops::Size2D(1, 3), ops::Size2D(4, 2));
  const ops::Size2D strides = GENERATE(ops::Size2D(1), ops::Size2D(2), ops::Size2D(3, 4));
  CAPTURE(dilation.str(), strides.str());
  const Tensor<> x = random_tensor({2, 10, 9, 5}, 1);
  const ConvolutionOptions options{.strides = strides, .padding = padding, .dilation = dilation},
      plain{.strides = strides, .padding = padding};
  const auto kernel = weight({3, 2, 5, 6});
  CHECK(distance(forward(ops::Conv2D<Cpu>(kernel, options), x).output,
                 forward(ops::Conv2D<Cpu>(spread(kernel, dilation), plain), x).output) < 1e-5);
  check_op(ops::Conv2D<Cpu>(kernel, options), {x}, linear);
  for (Index multiplier : {1, 2}) {
    const auto depthwise = weight({3, 2, 5, multiplier});
    const ops::DepthwiseConv2D<Cpu> op(depthwise, options);
    CHECK(distance(forward(op, x).output,
                   forward(ops::DepthwiseConv2D<Cpu>(spread(depthwise, dilation), plain), x).output) < 1e-5);
    check_op(op, {x}, linear);
  }
}

TEST_CASE("a dilated window wider than the image sees what there is of it") {
  const ConvolutionOptions options{.padding = Padding::same, .dilation = 7};
  check_op(ops::Conv2D<Cpu>(weight({2, 2, 3, 4}), options), {random_tensor({2, 3, 4, 3}, 1)}, linear);
  check_op(ops::DepthwiseConv2D<Cpu>(weight({2, 2, 3, 1}), options), {random_tensor({2, 3, 4, 3}, 1)},
           linear);
}

TEST_CASE("zeros that a convolution is told of are those of a padded image") {
  const auto padding = GENERATE(Padding::valid, Padding::same);
  const ops::Borders zeros =
      GENERATE(ops::Borders(1), ops::Borders({0, 1}, {3, 0}), ops::Borders({5, 4}, {0, 6}));
  const ops::Size2D strides = GENERATE(ops::Size2D(1), ops::Size2D(2), ops::Size2D(3, 2));
  const ops::Size2D dilation = GENERATE(ops::Size2D(1), ops::Size2D(2, 1));
  CAPTURE(zeros.str(), strides.str(), dilation.str());
  const Tensor<> x = random_tensor({2, 5, 6, 4}, 1);
  const Shape padded_shape{2, 5 + zeros.rows.sum(), 6 + zeros.columns.sum(), 4};
  const Tensor<> padded(padded_shape, forward(ops::Pad2D<Cpu>(zeros), x).output);
  const ConvolutionOptions plain{.strides = strides, .padding = padding, .dilation = dilation};
  auto told = plain;
  told.zeros = zeros;
  for (const Shape& kernel : {Shape{3, 2, 4, 6}, Shape{1, 1, 4, 6}}) {
    const auto w = weight(kernel);
    CHECK(distance(forward(ops::Conv2D<Cpu>(w, told), x).output,
                   forward(ops::Conv2D<Cpu>(w, plain), padded).output) < 1e-5);
    check_op(ops::Conv2D<Cpu>(w, told), {x}, linear);
  }
  for (Index multiplier : {1, 2}) {
    const auto w = weight({3, 3, 4, multiplier});
    CHECK(distance(forward(ops::DepthwiseConv2D<Cpu>(w, told), x).output,
                   forward(ops::DepthwiseConv2D<Cpu>(w, plain), padded).output) < 1e-5);
    check_op(ops::DepthwiseConv2D<Cpu>(w, told), {x}, linear);
  }
}

TEST_CASE("groups are convolutions beside one another") {
  const auto padding = GENERATE(Padding::valid, Padding::same);
  const ConvolutionOptions options{.strides = {2, 1}, .padding = padding};
  const Tensor<> x = random_tensor({3, 7, 6, 6}, 1);
  const auto kernel = weight({3, 2, 2, 9});
  const ops::GroupedConv2D<Cpu> op(kernel, options);
  // The dense kernel that is zero from one group to another.
  Tensor<> dense({3, 2, 6, 9});
  for (Index i = 0; i < dense.size(); ++i) {
    const Index out = i % 9, in = i / 9 % 6, tap = i / 54;
    dense.data()[i] = out / 3 == in / 2 ? kernel.value().data()[(tap * 2 + in % 2) * 9 + out] : 0;
  }
  const ops::Conv2D<Cpu> whole({"kernel", Role::learned, dense}, options);
  CHECK(distance(forward(op, x).output, forward(whole, x).output) < 1e-5);
  check_op(op, {x}, linear);
  check_op(ops::GroupedConv2D<Cpu>(kernel, {.dilation = 2, .zeros = {{0, 3}, 1}}), {x}, linear);
  CHECK_THROWS_WITH(output_shape(op, {{7, 6, 5}}),
                    Catch::StartsWith("[grouped_conv2d] input (7, 6, 5) does not"));
  CHECK_THROWS_AS(output_shape(op, {{7, 6, 8}}), Error);  // 4 groups, 9 filters
}

TEST_CASE("groups of one channel are a depthwise convolution") {
  const Tensor<> x = random_tensor({2, 5, 6, 4}, 1);
  const auto kernel = weight({3, 2, 1, 8});
  const ops::DepthwiseConv2D<Cpu> op(kernel, {.padding = Padding::same});
  CHECK(distance(forward(op, x).output,
                 forward(ops::GroupedConv2D<Cpu>(kernel, {.padding = Padding::same}), x).output) < 1e-5);
  check_op(op, {x}, linear);
  CHECK_THROWS_AS(output_shape(op, {{5, 6, 3}}), Error);
}

TEST_CASE("conv2d_transpose agrees with finite differences, and its sizes are Keras'") {
  const auto padding = GENERATE(Padding::valid, Padding::same);
  const ops::Size2D strides = GENERATE(ops::Size2D(1), ops::Size2D(2), ops::Size2D(4, 1));
  const Tensor<> x = random_tensor({2, 3, 4, 5}, 1);
  const ops::Conv2DTranspose<Cpu> op(weight({3, 2, 4, 5}), {.strides = strides, .padding = padding});
  const bool same = padding == Padding::same;
  CHECK(output_shape(op, {{3, 4, 5}}) ==
        Shape{same ? 3 * strides.height : 2 * strides.height + std::max<Index>(3, strides.height),
              same ? 4 * strides.width : 3 * strides.width + 2, 4});
  check_op(op, {x}, linear);
  check_op(ops::Conv2DTranspose<Cpu>(weight({1, 1, 4, 5}), {.padding = padding}), {x}, linear);
  check_op(ops::Conv2DTranspose<Cpu>(weight({2, 3, 4, 5}), {.padding = padding, .dilation = 2}), {x}, linear);
}

TEST_CASE("a kernel of three axes is that of a sequence") {
  const Tensor<> x = random_tensor({2, 1, 9, 4}, 1);
  const ConvolutionOptions options{.strides = {1, 2}, .padding = Padding::same};
  check_op(ops::Conv2D<Cpu>(weight({3, 4, 6}), options), {x}, linear);
  check_op(ops::DepthwiseConv2D<Cpu>(weight({3, 4, 2}), options), {x}, linear);
  check_op(ops::GroupedConv2D<Cpu>(weight({3, 2, 6}), options), {x}, linear);
  check_op(ops::Conv2DTranspose<Cpu>(weight({3, 6, 4}), options), {x}, linear);
  CHECK_THROWS_WITH(output_shape(ops::Conv2D<Cpu>(weight({4, 6}), options), {{1, 9, 4}}),
                    "[conv2d] kernel (4, 6) is not (height, width, in, out)");
}

}  // namespace test_convolution_forms
