// Ops that go number by number, against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/ops/random_rotation.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_elementwise {

using test::check_parity;
using test::Given;

TEST_CASE("activations on the GPU are those of the CPU") {
  using K = ops::ActivationKind;
  for (int kind = 0; kind <= int(K::sqrt); ++kind) {
    INFO("kind " << kind);
    ops::ActivationArguments is{.a = 0.5f, .b = 0.75f};
    if (K(kind) == K::clip) is = {-0.5f, 0.75f};
    const float low = K(kind) == K::sqrt ? 0.1f : -4.0f;
    check_parity([&]<class B>() { return ops::Activation<B>(K(kind), is); }, {{{3, 7, 5}, low, 4}},
                 {.tolerance = 4e-6});
  }
}

TEST_CASE("sums on the GPU are those of the CPU") {
  const Given x{{2, 3, 333}};
  for (std::size_t count : {1u, 2u, 3u})
    check_parity([]<class B>() { return ops::Add<B>(); }, std::vector<Given>(count, x), {.wanted = {}});
  Context<Cuda> context;
  Tensor<Cuda> y({1, 3}, {1, 2, 3});
  const std::vector<ConstTensorView<Cuda>> same(3, y.view());
  ops::Add<Cuda>().forward({context, same, y.view(), {}, {}});
  CHECK(y.to_vector() == std::vector<float>{3, 6, 9});
}

TEST_CASE("a last input's place can take the sum") {
  Context<Cuda> context;
  Tensor<Cuda> a({1, 2}, {1, 2}), b({1, 2}, {10, 20}), c({1, 2}, {100, 200});
  const std::vector<ConstTensorView<Cuda>> inputs{a.view(), b.view(), c.view()};
  ops::AddKernel<Cuda>::forward(context, inputs, c.view());
  CHECK(c.to_vector() == std::vector<float>{111, 222});
}

TEST_CASE("scales, shifts and biases on the GPU are those of the CPU") {
  const std::vector<float> scale{0.5f, -2, 3}, shift{1, 2, -3};
  check_parity([&]<class B>() { return ops::ScaleShift<B>(scale, shift); }, {{{5, 7, 3}}});
  for (Index channels : {1, 33, 300})
    check_parity([&]<class B>() { return ops::BiasAdd<B>(test::weight<B>({{channels}}, 1)); },
                 {{{9, 11, channels}}});
  check_parity([&]<class B>() { return ops::BiasAdd<B>(test::weight<B>({{5}}, 1)); },
               {{{2000, 5}}});  // in parts
}

TEST_CASE("dropout on the GPU drops what the CPU drops") {
  check_parity([]<class B>() { return ops::Dropout<B>(0.3f); }, {{{3, 7, 5}}}, {.tolerance = 0});
  const auto noise = []<class B>() {
    return ops::Dropout<B>({.rate = 0.5f, .scale = 2, .shift = 0.25f, .dropped = -1}, Shape{1, 5}, true);
  };
  check_parity(noise, {{{3, 7, 5}}}, {.tolerance = 0});
  const auto batch = []<class B>() {
    return ops::Dropout<B>({.rate = 0.5f, .scale = 2}, Shape{7, 1}, false);
  };
  check_parity(batch, {{{3, 7, 5}}}, {.tolerance = 0});
}

TEST_CASE("softmax and its like on the GPU are those of the CPU") {
  for (auto kind : {ops::SoftmaxKind::softmax, ops::SoftmaxKind::log_softmax}) {
    INFO(int(kind));
    ops::Graph<Cuda> graph;
    Context<Cpu> cpu;
    Context<Cuda> cuda;
    const auto x = test::numbers(4 * 5 * 3, 1, -3, 3), dy = test::numbers(4 * 5 * 3, 2);
    const Shape shape{4, 5, 3};
    const auto run = [&]<class B>(Context<B>& context) {
      Tensor<B> from(shape, x), y(shape), gradient(shape, dy), dx(shape);
      ops::SoftmaxKernel<B>::forward(context, kind, 5, 3, from.view(), y.view());
      ops::SoftmaxKernel<B>::backward(context, kind, 5, 3, y.view(), gradient.view(), dx.view());
      return std::pair(y.to_vector(), dx.to_vector());
    };
    const auto [y, dx] = run(cuda);
    const auto [expected, slope] = run(cpu);
    CHECK(test::apart(y, expected) < 2e-6);
    CHECK(test::apart(dx, slope) < 2e-6);
  }
  check_parity([]<class B>() { return ops::Glu<B>(); }, {{{3, 5, 14}}});
  check_parity([]<class B>() { return ops::Sparsemax<B>(); }, {{{3, 5, 13}}});
}

TEST_CASE("padding on the GPU is that of the CPU") {
  const ops::Borders borders({1, 3}, {0, 2});
  check_parity([&]<class B>() { return ops::Pad2D<B>(borders, 0.5f); }, {{{2, 5, 4, 3}}}, {.tolerance = 0});
}

TEST_CASE("flips and rotations on the GPU are those of the CPU") {
  for (auto mode :
       {ops::FlipMode::horizontal, ops::FlipMode::vertical, ops::FlipMode::horizontal_and_vertical})
    check_parity([&]<class B>() { return ops::RandomFlip<B>(mode); }, {{{9, 5, 4, 3}}},
                 {.tolerance = 0, .wanted = {}});
  for (auto fill :
       {ops::FillMode::constant, ops::FillMode::nearest, ops::FillMode::reflect, ops::FillMode::wrap}) {
    for (bool bilinear : {true, false}) {
      INFO(int(fill) << bilinear);
      const ops::AffineSampling sampling{fill, bilinear, 0.5f};
      check_parity(
          [&]<class B>() {
            return ops::RandomRotation<B>({-2, 2}, sampling);
          },
          {{{5, 9, 7, 3}}}, {.wanted = {}});
    }
  }
}

}  // namespace tanuki::test_elementwise
