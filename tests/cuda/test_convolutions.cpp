// Convolutions, normalisations and pooling against the CPU, at odd sizes.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_convolutions {

using ops::ConvolutionOptions;
using ops::Padding;
using test::check_parity;
using test::Given;

const std::vector<ConvolutionOptions> forms{
    {},
    {.strides = 2, .padding = Padding::same},
    {.strides = {2, 3}, .padding = Padding::same},
    {.padding = Padding::same, .dilation = 2},
    {.zeros = ops::Borders({1, 0}, {2, 1})},
    {.strides = {3, 2}, .dilation = {1, 2}, .zeros = ops::Borders({0, 3}, {1, 0})},
};

constexpr bool by_itself[] = {true, false};  // the device where it does them, or as products of rows

TEST_CASE("convolutions on the GPU are those of the CPU") {
  for (const auto& form : forms) {
    for (const Shape& kernel : {Shape{3, 3, 5, 7}, Shape{1, 1, 5, 33}, Shape{2, 5, 5, 1}}) {
      for (const bool cudnn : by_itself) {
        INFO(kernel << " strides " << form.strides.str() << " cudnn " << cudnn);
        check_parity([&]<class B>() { return ops::Conv2D<B>(test::weight<B>({kernel}, 1), form); },
                     {{{3, 11, 9, 5}}}, {.cudnn = cudnn});
      }
    }
  }
}

TEST_CASE("convolutions of sequences on the GPU are those of the CPU") {
  for (const bool cudnn : by_itself)
    check_parity(
        []<class B>() {
          return ops::Conv2D<B>(test::weight<B>({{4, 5, 7}}, 1), {.padding = Padding::same});
        },
        {{{3, 1, 11, 5}}}, {.cudnn = cudnn});
}

TEST_CASE("convolutions of more images than fit at a time") {
  // 130 × 130 × 9 · 64 floats an image: two at a time
  for (const bool cudnn : by_itself)
    check_parity(
        []<class B>() {
          return ops::Conv2D<B>(test::weight<B>({{3, 3, 64, 2}}, 1), {.padding = Padding::same});
        },
        {{{3, 130, 130, 64}}}, {.tolerance = 1e-5, .cudnn = cudnn});
}

TEST_CASE("depthwise convolutions on the GPU are those of the CPU") {
  for (const auto& form : forms) {
    for (const Shape& kernel : {Shape{3, 3, 5, 1}, Shape{3, 3, 5, 3}, Shape{2, 5, 5, 1}}) {
      INFO(kernel << " strides " << form.strides.str());
      check_parity([&]<class B>() { return ops::DepthwiseConv2D<B>(test::weight<B>({kernel}, 1), form); },
                   {{{3, 11, 9, 5}}});
    }
  }
  check_parity(
      []<class B>() {
        return ops::DepthwiseConv2D<B>(test::weight<B>({{3, 3, 70, 1}}, 1), {.padding = Padding::same});
      },
      {{{2, 19, 17, 70}}});
}

TEST_CASE("matrix products on the GPU are those of the CPU") {
  check_parity([]<class B>() { return ops::Matmul<B>(test::weight<B>({{37, 5}}, 1)); }, {{{3, 7, 37}}});
}

template <class B>
ops::BatchNormWeights<B> norm_weights(Index channels, bool gamma = true, bool beta = true) {
  ops::BatchNormWeights<B> weights;
  if (gamma) weights.gamma = test::weight<B>({{channels}, 0.5f, 2}, 1);
  if (beta) weights.beta = test::weight<B>({{channels}}, 2);
  weights.moving_mean = test::weight<B>({{channels}}, 3, Role::state);
  weights.moving_variance = test::weight<B>({{channels}, 0.3f, 2}, 4, Role::state);
  return weights;
}

TEST_CASE("batch normalisation on the GPU is that of the CPU") {
  for (const bool gamma : {true, false}) {
    for (const bool beta : {true, false}) {
      const auto trained = [&]<class B>() {
        return ops::BatchNorm<B>(norm_weights<B>(37, gamma, beta), 1e-3f, 0.9);
      };
      const auto given = [&]<class B>() {
        return ops::BatchNormInference<B>(norm_weights<B>(37, gamma, beta), 1e-3f);
      };
      check_parity(trained, {{{3, 7, 5, 37}, 2, 5}}, {.tolerance = 2e-5});
      check_parity(given, {{{3, 7, 5, 37}}}, {.tolerance = 5e-6});
    }
  }
  const auto parts = []<class B>() { return ops::BatchNorm<B>(norm_weights<B>(5), 1e-3f, 0.9); };
  check_parity(parts, {{{2, 29, 31, 5}, 99, 101}},
               {.tolerance = 2e-4});  // the mean is a hundred deviations away
}

TEST_CASE("moving statistics on the GPU move as on the CPU") {
  const auto moved = []<class B>() {
    Context<B> context;
    const Tensor<B> statistics(Shape{6}, {1, 2, 3, 4, 5, 6});
    Tensor<B> mean(Shape{3}, {0, 1, 2}), variance(Shape{3}, {1, 1, 1});
    ops::BatchNormKernel<B>::move(context, statistics.view(), 0.9, mean.view(), variance.view());
    auto all = mean.to_vector(), more = variance.to_vector();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  CHECK(test::apart(moved.operator()<Cuda>(), moved.operator()<Cpu>()) < 1e-6);
}

TEST_CASE("pooling on the GPU is that of the CPU") {
  for (const ops::Window& window :
       {ops::Window{3, 2, Padding::same}, ops::Window{2, 2}, ops::Window{{3, 2}, {1, 2}, Padding::same}})
    check_parity([&]<class B>() { return ops::MaxPool2D<B>(window); }, {{{3, 11, 8, 35}}},
                 {.tolerance = 1e-6});
  check_parity([]<class B>() { return ops::GlobalAveragePool2D<B>(false); }, {{{3, 11, 8, 35}}});
}

/// Every form of the fused op that the rules make.
template <class B>
ops::FusedConv2DParts<B> parts(bool relu_before, bool depthwise, bool bias, bool norm, const Shape& kernel,
                               const ConvolutionOptions& form) {
  ops::FusedConv2DParts<B> parts;
  parts.relu_before = relu_before;
  if (depthwise) {
    parts.depthwise = test::weight<B>({{3, 3, 6, 2}}, 10);
    parts.depthwise_options = {.padding = Padding::same};
  }
  parts.kernel = test::weight<B>({kernel}, 11);
  parts.options = form;
  if (bias) parts.bias = test::weight<B>({{kernel.back()}}, 12);
  if (norm) parts.norm = norm_weights<B>(kernel.back()), parts.epsilon = 1e-3f;
  return parts;
}

TEST_CASE("fused convolutions on the GPU are those of the CPU") {
  for (int form = 0; form < 16; ++form) {
    const bool relu = form & 1, depthwise = form & 2, bias = form & 4, norm = form & 8;
    INFO("relu " << relu << " depthwise " << depthwise << " bias " << bias << " norm " << norm);
    const Shape pointwise = depthwise ? Shape{1, 1, 12, 7} : Shape{1, 1, 6, 7};
    const auto fused = [&](const Shape& kernel, const ConvolutionOptions& options, bool cudnn = true) {
      check_parity(
          [&]<class B>() {
            return ops::FusedConv2D<B>(parts<B>(relu, depthwise, bias, norm, kernel, options));
          },
          {{{3, 7, 9, 6}}}, {.tolerance = 5e-6, .cudnn = cudnn});
    };
    fused(pointwise, {});
    for (const bool cudnn : by_itself) {
      if (!depthwise) fused({3, 3, 6, 7}, {.strides = 2, .padding = Padding::same}, cudnn);
    }
    if (!depthwise) fused({1, 1, 6, 7}, {.strides = 2, .padding = Padding::same});
    if (!depthwise) {
      check_parity(
          [&]<class B>() {
            return ops::FusedConv2D<B>(parts<B>(relu, false, bias, norm, {6, 7}, {}));
          },
          {{{3, 5, 6}}}, {.tolerance = 5e-6});
    }
  }
}

TEST_CASE("a fused convolution ends in a shortcut and a ReLU") {
  const auto with = []<class B>() {
    auto all = parts<B>(true, true, false, true, {1, 1, 12, 7}, {});
    all.shortcut = all.relu_after = true;
    return ops::FusedConv2D<B>(all);
  };
  check_parity(with, {{{3, 7, 9, 6}}, {{3, 7, 9, 7}}}, {.tolerance = 5e-6, .wanted = {}});
  for (const bool bias : {true, false}) {
    for (const bool shortcut : {true, false}) {
      const auto window = [&]<class B>() {
        auto all = parts<B>(true, false, bias, false, {3, 3, 6, 7}, {.padding = Padding::same});
        all.shortcut = shortcut, all.relu_after = true;
        return ops::FusedConv2D<B>(all);
      };
      std::vector<Given> inputs{{{3, 7, 9, 6}}, {{3, 7, 9, 7}}};
      if (!shortcut) inputs.pop_back();
      for (const bool cudnn : by_itself)
        check_parity(window, inputs, {.tolerance = 5e-6, .wanted = {}, .cudnn = cudnn});
    }
  }
}

TEST_CASE("products of rounded factors on the GPU are those of the CPU") {
  const auto rounded = []<class B>() {
    auto all = parts<B>(false, true, true, false, {1, 1, 12, 7}, {});
    all.bfloat16 = true;
    return ops::FusedConv2D<B>(all);
  };
  check_parity(rounded, {{{3, 7, 9, 6}}}, {.tolerance = 1e-2});
}

TEST_CASE("TF32 is there when it is asked for", "[tf32]") {
  Context<Cuda> context;
  const float one = 1.0f + 0x1p-12f;  // TF32 has 10 bits
  const Tensor<Cuda> x(Shape{1, 1}, {one}), kernel(Shape{1, 1}, {1.0f});
  Tensor<Cuda> y(Shape{1, 1});
  ops::MatmulKernel<Cuda>::forward(context, x.view(), kernel.view(), y.view());
  CHECK(y.to_vector()[0] == one);
  context.tf32(true);
  ops::MatmulKernel<Cuda>::forward(context, x.view(), kernel.view(), y.view());
  CHECK(y.to_vector()[0] == 1.0f);
}

TEST_CASE("convolutions round to TF32 where it is asked for, and not otherwise", "[tf32]") {
  Context<Cuda> context;
  const float one = 1.0f + 0x1p-12f;
  std::vector<float> middle(3 * 3 * 64 * 64, 0.0f);  // each channel goes to itself
  for (std::size_t i = 0; i < 64; ++i) middle[(4 * 64 + i) * 64 + i] = 1;
  const Tensor<Cuda> x(Shape{2, 14, 14, 64}, std::vector<float>(2 * 14 * 14 * 64, one)),
      kernel(Shape{3, 3, 64, 64}, middle);
  Tensor<Cuda> y(x.shape());
  const auto geometry = ops::Window{.size = 3, .padding = Padding::same}.over({14, 14, 64}, "conv2d");
  for (const bool tf32 : {false, true}) {
    context.tf32(tf32);
    ops::Conv2DKernel<Cuda>::forward(context, geometry, x.view(), kernel.view(), y.view());
    CHECK(y.to_vector() == std::vector<float>(std::size_t(x.size()), tf32 ? 1.0f : one));
  }
}

}  // namespace tanuki::test_convolutions
