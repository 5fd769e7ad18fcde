#include "tanuki/backend/eigen/activation.hpp"
#include "tests/ops/op_harness.hpp"

using namespace tanuki;
using ops::ActivationKind;

TEST_CASE("activations agree with finite differences") {
  const auto kind =
      GENERATE(ActivationKind::relu, ActivationKind::elu, ActivationKind::sigmoid, ActivationKind::tanh);
  test::check_op(ops::Activation<Cpu>(kind), {test::distinct_tensor({2, 5, 7}, 0, 0.07f)});
}

TEST_CASE("activations of whole blocks of vectors") {
  const Tensor<Cpu> x = test::random_tensor({3, 40000});
  Context<Cpu> context(2);
  const ops::Activation<Cpu> relu(ActivationKind::relu);
  const auto y = test::OpRun(relu, {x}).forward(context).output;
  for (Index i = 0; i < x.size(); ++i) REQUIRE(y[std::size_t(i)] == std::max(x.data()[i], 0.0f));
}

TEST_CASE("relu lets a NaN through") {
  const std::vector<Tensor<Cpu>> x{{{1, 2}, {std::nanf(""), -1.0f}}};
  Tensor<Cpu> y({1, 2});
  const auto view = x[0].view();
  Context<Cpu> context(1);
  ops::Activation<Cpu>(ActivationKind::relu).forward({context, {&view, 1}, y.view(), {}, {}});
  CHECK(std::isnan(y.data()[0]));
  CHECK(y.data()[1] == 0);
}
