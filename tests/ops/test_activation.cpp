#include "tanuki/backend/eigen/activation.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_activation {

using namespace tanuki;
using ops::ActivationKind;

TEST_CASE("activations agree with finite differences") {
  using K = ActivationKind;
  using Case = std::pair<K, ops::ActivationArguments>;
  // The numbers, 0.07 apart, are 0.0175 and more from 0, and from what is a multiple of 0.07 off it.
  const auto [kind, arguments] = GENERATE(
      Case{K::relu, {}}, Case{K::leaky_relu, {0.2f}}, Case{K::elu, {1}}, Case{K::elu, {0.3f}},
      Case{K::selu, {}}, Case{K::celu, {1.7f}}, Case{K::gelu, {}}, Case{K::gelu_tanh, {}}, Case{K::silu, {}},
      Case{K::sigmoid, {}}, Case{K::hard_silu, {}}, Case{K::log_sigmoid, {}}, Case{K::tanh, {}},
      Case{K::tanh_shrink, {}}, Case{K::hard_shrink, {0.49f}}, Case{K::soft_shrink, {0.49f}},
      Case{K::squareplus, {4}}, Case{K::softplus, {}}, Case{K::softsign, {}}, Case{K::exponential, {}},
      Case{K::mish, {}}, Case{K::threshold, {0.49f, 2}}, Case{K::clip, {-0.98f, 0.91f}},
      Case{K::negative, {}}, Case{K::absolute, {}}, Case{K::square, {}});
  INFO(int(kind));
  test::check_op(ops::Activation<Cpu>(kind, arguments), {test::distinct_tensor({2, 5, 7}, 0, 0.07f)});
}

TEST_CASE("activations with kinks elsewhere, and sqrt") {
  const Tensor<Cpu> x({1, 10}, {-8, -4, -2, -0.7f, -0.2f, 0.3f, 0.8f, 1.5f, 2.5f, 7});
  for (auto kind : {ActivationKind::relu6, ActivationKind::hard_sigmoid, ActivationKind::sparse_sigmoid,
                    ActivationKind::sparse_plus})
    test::check_op(ops::Activation<Cpu>(kind), {x});
  test::check_op(ops::Activation<Cpu>(ActivationKind::sqrt), {Tensor<Cpu>({1, 3}, {0.5f, 1, 7})});
}

TEST_CASE("the curves of every instruction set are exact") {
  using eigen::Curve;
  const auto exact = [](Curve curve, double x) {
    const double sigmoid = 1 / (1 + std::exp(-x));
    if (curve == Curve::sigmoid) return sigmoid;
    if (curve == Curve::silu) return x * sigmoid;
    if (curve == Curve::gelu) return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  };
  std::vector<float> x;
  for (int i = -200000; i <= 200000; ++i) x.push_back(float(i) * 1e-3f * float(std::abs(i)) * 1e-5f);  // ±400
  std::vector<float> y(x.size());
  for (auto isa : {eigen::Isa::portable, eigen::Isa::neon, eigen::Isa::avx2, eigen::Isa::avx512}) {
    const auto* kernels = eigen::kernels_of(isa);
    if (!kernels) continue;
    for (Curve curve : {Curve::sigmoid, Curve::silu, Curve::gelu, Curve::gelu_tanh}) {
      INFO(kernels->name << ", curve " << int(curve));
      kernels->curve(curve, y.data(), x.data(), Index(x.size()));
      double worst = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = exact(curve, double(x[i]));
        const double error = std::abs(double(y[i]) - expected) / std::max(1.0, std::abs(expected));
        if (!(error <= worst)) worst = error;
      }
      CHECK(worst <= 3e-7);
      float alone = 0;
      for (std::size_t i : {std::size_t(7), x.size() / 2 + 11, x.size() - 3}) {  // not as part of a vector
        kernels->curve(curve, &alone, &x[i], 1);
        CHECK(alone == y[i]);
      }
      alone = std::nanf("");
      kernels->curve(curve, &alone, &alone, 1);
      CHECK(std::isnan(alone));
    }
  }
}

TEST_CASE("activations of whole blocks of vectors") {
  const Tensor<Cpu> x = test::random_tensor({3, 40000}, 0, 0, 5);
  Context<Cpu> context(2);
  const auto y = test::OpRun(ops::Activation<Cpu>(ActivationKind::relu), {x}).forward(context).output;
  const auto capped = test::OpRun(ops::Activation<Cpu>(ActivationKind::relu6), {x}).forward(context).output;
  for (Index i = 0; i < x.size(); ++i) {
    REQUIRE(y[std::size_t(i)] == std::max(x.data()[i], 0.0f));
    REQUIRE(capped[std::size_t(i)] == std::clamp(x.data()[i], 0.0f, 6.0f));
  }
}

TEST_CASE("relu lets a NaN through") {
  const std::vector<Tensor<Cpu>> x{{{1, 2}, {std::nanf(""), -1.0f}}};
  const auto view = x[0].view();
  Context<Cpu> context(1);
  for (auto kind : {ActivationKind::relu, ActivationKind::relu6}) {
    Tensor<Cpu> y({1, 2});
    ops::Activation<Cpu>(kind).forward({context, {&view, 1}, y.view(), {}, {}});
    CHECK(std::isnan(y.data()[0]));
    CHECK(y.data()[1] == 0);
  }
}

}  // namespace test_activation
