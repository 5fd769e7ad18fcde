// The ops that Xception does not need, against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_more_ops {

using test::check_parity;

TEST_CASE("average and global max pooling on the GPU are those of the CPU") {
  using ops::Padding;
  for (const ops::Window& window :
       {ops::Window{3, 2, Padding::same}, ops::Window{2, 2}, ops::Window{{3, 2}, {1, 2}, Padding::same}})
    check_parity([&]<class B>() { return ops::AveragePool2D<B>(window); }, {{{3, 11, 8, 35}}});
  check_parity([]<class B>() { return ops::GlobalMaxPool2D<B>(false); }, {{{3, 5, 8, 35}}});
}

TEST_CASE("cropping on the GPU is that of the CPU") {
  const ops::Borders borders({1, 2}, {0, 1});
  check_parity([&]<class B>() { return ops::Crop2D<B>(borders); }, {{{2, 5, 4, 3}}}, {.tolerance = 0});
}

TEST_CASE("tensors one after the other on the GPU are those of the CPU") {
  const auto joined = []<class B>() {
    Context<B> context;
    const Tensor<B> a({4, 3}, test::numbers(12, 1)), b({4, 5}, test::numbers(20, 2));
    Tensor<B> y = test::poisoned<B>({4, 8}), da = test::poisoned<B>({4, 3}), db = test::poisoned<B>({4, 5});
    const std::vector<ConstTensorView<B>> inputs{a.view(), b.view()};
    ops::ConcatenateKernel<B>::forward(context, inputs, {3, 5}, y.view());
    const std::vector<TensorView<B>> gradients{da.view(), db.view()};
    ops::ConcatenateKernel<B>::backward(context, {3, 5}, y.view(), gradients);
    return std::vector{y.to_vector(), da.to_vector(), db.to_vector()};
  };
  CHECK(joined.operator()<Cuda>() == joined.operator()<Cpu>());
}

TEST_CASE("ReLU with options, scales and arithmetic with numbers on the GPU are those of the CPU") {
  const ops::ReluArguments is{.max_value = 0.5f, .negative_slope = 0.25f, .threshold = 0.125f};
  check_parity([&]<class B>() { return ops::ClippedRelu<B>(is); }, {{{3, 5, 7}}});
  check_parity([]<class B>() { return ops::Scale<B>(test::weight<B>({{7}}, 1)); }, {{{3, 5, 7}}});
  for (int kind = 0; kind <= int(ops::ScalarArithmetic::power); ++kind) {
    for (const bool first : {false, true}) {
      for (const float scalar : {1.25f, 2.0f}) {
        INFO("kind " << kind << " first " << first << " scalar " << scalar);
        const ops::ScalarArguments arguments{ops::ScalarArithmetic(kind), scalar, first};
        check_parity([&]<class B>() { return ops::ScalarArithmeticOp<B>(arguments); },
                     {{{3, 5, 7}, 0.5f, 2}});
      }
    }
  }
}

TEST_CASE("PReLU on the GPU is that of the CPU, with each axis shared or not") {
  for (const Shape& alpha : {Shape{5, 7, 3}, Shape{1, 1, 3}, Shape{1, 7, 3}, Shape{5, 1, 3}, Shape{5, 7, 1},
                             Shape{1, 7, 1}, Shape{1, 1, 1}}) {
    INFO(alpha);
    check_parity([&]<class B>() { return ops::PReLU<B>(test::weight<B>({alpha}, 1)); }, {{{4, 5, 7, 3}}});
  }
  check_parity([]<class B>() { return ops::PReLU<B>(test::weight<B>({{3}}, 1)); },
               {{{1500, 3}}});  // in parts
}

TEST_CASE("noise on the GPU is that of the CPU") {
  for (const bool multiply : {false, true}) {
    const auto noise = [&]<class B>() {
      Context<B> context;
      const Tensor<B> x({3, 7, 5}, test::numbers(105, 1));
      Tensor<B> y = test::poisoned<B>(x.shape());
      ops::GaussianNoiseKernel<B>::apply(context, Random{5, 9, 0, 3}, 0.5f, multiply, x.view(), y.view());
      return y.to_vector();
    };
    CHECK(test::apart(noise.operator()<Cuda>(), noise.operator()<Cpu>()) < 2e-6);
  }
}

}  // namespace tanuki::test_more_ops
