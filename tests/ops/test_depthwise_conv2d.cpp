#include "tanuki/backend/eigen/depthwise_conv2d.hpp"
#include "tests/ops/run_op.hpp"

namespace test_depthwise_conv2d {

using namespace tanuki;
using namespace tanuki::test;
using ops::ConvolutionOptions;
using ops::Padding;

namespace {

std::shared_ptr<ops::DepthwiseConv2D<Cpu>> depthwise_op(const Weight<>& kernel,
                                                        const ConvolutionOptions& options) {
  return std::make_shared<ops::DepthwiseConv2D<Cpu>>(kernel, options);
}

/// The definition, in float64, with Keras' padding worked out on the spot.
struct Reference {
  std::vector<double> y, dx, dkernel;

  Reference(const Tensor<>& x, const Tensor<>& kernel, const Tensor<>& dy,
            const ConvolutionOptions& options) {
    const Shape &in = x.shape(), &w = kernel.shape(), &out = dy.shape();
    const auto before = [&](std::size_t axis, Index stride) {
      if (options.padding == Padding::valid) return Index{0};
      return std::max<Index>(((in[axis] + stride - 1) / stride - 1) * stride + w[axis - 1] - in[axis], 0) / 2;
    };
    const Index top = before(1, options.strides.height), left = before(2, options.strides.width);
    y.resize(std::size_t(dy.size())), dx.resize(std::size_t(x.size())),
        dkernel.resize(std::size_t(kernel.size()));
    for (Index n = 0; n < in[0]; ++n) {
      for (Index oy = 0; oy < out[1]; ++oy) {
        for (Index ox = 0; ox < out[2]; ++ox) {
          for (Index ky = 0; ky < w[0]; ++ky) {
            for (Index kx = 0; kx < w[1]; ++kx) {
              const Index iy = oy * options.strides.height + ky - top,
                          ix = ox * options.strides.width + kx - left;
              if (iy < 0 || iy >= in[1] || ix < 0 || ix >= in[2]) continue;
              for (Index c = 0; c < w[2]; ++c) {
                for (Index f = 0; f < w[3]; ++f) {
                  const Index a = ((n * in[1] + iy) * in[2] + ix) * w[2] + c;
                  const Index b = ((ky * w[1] + kx) * w[2] + c) * w[3] + f;
                  const Index o = (((n * out[1] + oy) * out[2] + ox) * w[2] + c) * w[3] + f;
                  y[std::size_t(o)] += double(x.data()[a]) * double(kernel.data()[b]);
                  dx[std::size_t(a)] += double(dy.data()[o]) * double(kernel.data()[b]);
                  dkernel[std::size_t(b)] += double(dy.data()[o]) * double(x.data()[a]);
                }
              }
            }
          }
        }
      }
    }
  }
};

struct Case {
  Shape x, kernel;
  ConvolutionOptions options;
};

}  // namespace

TEST_CASE("depthwise_conv2d: agrees with a float64 reference, whatever the number of threads or images") {
  const auto [shape, kernel_shape, options] =
      GENERATE(Case{{2, 9, 10, 45}, {3, 3, 45, 1}, {.padding = Padding::same}},                    //
               Case{{2, 5, 5, 33}, {3, 3, 33, 1}, {}},                                             //
               Case{{3, 11, 14, 19}, {3, 3, 19, 1}, {.strides = 2, .padding = Padding::same}},     //
               Case{{2, 12, 15, 7}, {5, 4, 7, 1}, {.strides = {2, 3}, .padding = Padding::same}},  //
               Case{{1, 13, 13, 3}, {5, 5, 3, 1}, {.strides = 3}},                                 //
               Case{{2, 8, 9, 5}, {3, 3, 5, 3}, {.padding = Padding::same}},                       //
               Case{{2, 8, 9, 1}, {3, 2, 1, 16}, {.strides = 2}},                                  //
               Case{{2, 9, 11, 6}, {2, 2, 6, 1}, {.strides = {4, 3}}},  // pixels left out
               Case{{2, 9, 11, 6}, {1, 1, 6, 2}, {.strides = {2, 3}, .padding = Padding::same}},  //
               Case{{1, 2, 3, 4}, {7, 7, 4, 1}, {.padding = Padding::same}},                      //
               Case{{1, 10, 10, 20}, {4, 4, 20, 1}, {.strides = 2}},                              //
               Case{{3, 40, 41, 3}, {3, 3, 3, 1}, {.padding = Padding::same}},  // summed in many parts
               Case{{5, 12, 1, 8}, {3, 1, 8, 1}, {}});                          //
  CAPTURE(shape.str(), kernel_shape.str());
  const Weight<> kernel = random_weight(kernel_shape, 1);
  const auto op = depthwise_op(kernel, options);
  OneInputRun run(op);
  const Tensor<> x = uniform_tensor(shape, 2), y = run.forward(x), dy = uniform_tensor(y.shape(), 3);
  const Reference expected(x, kernel.value(), dy, options);
  const Gradients gradients = run.backward(x, dy);
  CHECK(error(y, expected.y) < 2e-6);
  CHECK(error(gradients.inputs[0], expected.dx) < 2e-6);
  CHECK(error(gradients.weights[0], expected.dkernel) < 5e-6);

  for (const int threads : {2, 3}) {
    OneInputRun other(op, threads);
    CHECK(same_bits(other.forward(x), y));
    const Gradients same = other.backward(x, dy);
    CHECK(same_bits(same.inputs[0], gradients.inputs[0]));
    CHECK(same_bits(same.weights[0], gradients.weights[0]));
  }

  const Index last = x.shape().front() - 1, x_size = x.size() / (last + 1), y_size = y.size() / (last + 1);
  const Tensor<> alone(x.shape().without_batch().with_batch(1),
                       {x.data() + last * x_size, std::size_t(x_size)});
  const Tensor<> within(y.shape().without_batch().with_batch(1),
                        {y.data() + last * y_size, std::size_t(y_size)});
  CHECK(same_bits(run.forward(alone), within));
}

TEST_CASE("depthwise_conv2d: the instruction sets agree") {
  const ConvolutionOptions options{.strides = {2, 1}, .padding = Padding::same};
  const auto op = depthwise_op(random_weight({3, 3, 43, 1}, 1), options);
  const Tensor<> x = uniform_tensor({2, 11, 10, 43}, 2), dy = uniform_tensor({2, 6, 10, 43}, 3);
  std::vector<Tensor<>> fused;
  for (const auto isa : {eigen::Isa::portable, eigen::Isa::neon, eigen::Isa::avx2, eigen::Isa::avx512,
                         eigen::Isa::avx512_bf16, eigen::Isa::amx}) {
    const eigen::Kernels* kernels = eigen::kernels_of(isa);
    if (!kernels) continue;
    const eigen::ForcedKernels forced(*kernels);
    OneInputRun run(op, 2);
    Gradients gradients = run.backward(x, dy);
    std::vector<Tensor<>> results{run.forward(x), gradients.inputs[0], gradients.weights[0]};
    const Reference expected(x, op->weights()[0].value(), dy, options);
    CHECK(error(results[0], expected.y) < 2e-6);
    CHECK(error(results[1], expected.dx) < 2e-6);
    CHECK(error(results[2], expected.dkernel) < 5e-6);
    if (isa == eigen::Isa::portable) continue;
    for (std::size_t i = 0; i < fused.size(); ++i) CHECK(same_bits(fused[i], results[i]));
    fused = results;
  }
}

TEST_CASE("depthwise_conv2d: finite differences") {
  OneInputRun(depthwise_op(random_weight({3, 2, 5, 2}, 1), {.strides = {1, 2}, .padding = Padding::same}))
      .check_finite_differences(uniform_tensor({2, 6, 7, 5}, 2), 1e-5);
  OneInputRun(depthwise_op(random_weight({3, 3, 21, 1}, 1), {.padding = Padding::same}))
      .check_finite_differences(uniform_tensor({2, 6, 7, 21}, 2), 1e-5);
}

TEST_CASE("depthwise_conv2d: gives only the gradients that are wanted, and says what it reads") {
  const auto op = depthwise_op(random_weight({3, 3, 2, 2}, 1), {});
  CHECK_FALSE(op->reads({.inputs = true}).inputs);
  CHECK(op->reads({.weights = true}).inputs);
  CHECK_FALSE(op->reads({.inputs = true, .weights = true}).output);
  const Tensor<> x = uniform_tensor({2, 5, 5, 2}, 2), dy = uniform_tensor({2, 3, 3, 4}, 3);
  const Gradients both = OneInputRun(op).backward(x, dy);
  CHECK(same_bits(OneInputRun(op).backward(x, dy, {.inputs = true}).inputs[0], both.inputs[0]));
  CHECK(same_bits(OneInputRun(op).backward(x, dy, {.weights = true}).weights[0], both.weights[0]));
}

TEST_CASE("depthwise_conv2d: says what does not fit") {
  const auto emit = [](const Shape& kernel, const ConvolutionOptions& options = {}) {
    return [=](ops::Value<Cpu> x) { return ops::depthwise_conv2d(x, random_weight(kernel, 1), options); };
  };
  check_refuses(
      {10, 10, 728}, emit({3, 3, 64, 1}),
      "[depthwise_conv2d] input (10, 10, 728) does not fit kernel (3, 3, 64, 1): expected 64 channels");
  check_refuses(
      {2, 2, 3}, emit({3, 3, 3, 1}),
      "[depthwise_conv2d] input (2, 2, 3) is smaller than the window (3, 3): expected at least its size, or "
      "padding same");
  check_refuses({9, 9, 3}, emit({3, 3}),
                "[depthwise_conv2d] kernel (3, 3) is not (height, width, channels, multiplier)");
}

}  // namespace test_depthwise_conv2d
