#include "tanuki/backend/eigen/bias_add.hpp"
#include "tests/ops/run_op.hpp"

namespace test_bias_add {

using namespace tanuki;
using namespace tanuki::test;

namespace {

std::shared_ptr<ops::BiasAdd<Cpu>> bias_op(const Weight<>& bias) {
  return std::make_shared<ops::BiasAdd<Cpu>>(bias);
}

}  // namespace

TEST_CASE("bias_add: forward and backward, whatever the number of threads") {
  const auto shape =
      GENERATE(Shape{1, 1}, Shape{33, 1}, Shape{5, 7}, Shape{2, 9, 11, 37}, Shape{70, 30, 30, 3});
  CAPTURE(shape.str());
  const Index channels = shape.back();
  const Weight<> bias = random_weight({channels}, 1);
  const Tensor<> x = uniform_tensor(shape, 2), dy = uniform_tensor(shape, 3);
  std::vector<double> y(std::size_t(x.size())), dbias(static_cast<std::size_t>(channels));
  for (Index i = 0; i < x.size(); ++i) {
    y[std::size_t(i)] = double(x.data()[i]) + double(bias.value().data()[i % channels]);
    dbias[std::size_t(i % channels)] += dy.data()[i];
  }
  OneInputRun run(bias_op(bias)), other(bias_op(bias), 2);
  CHECK(error(run.forward(x), y) < 1e-7);
  const Gradients gradients = run.backward(x, dy);
  CHECK(same_bits(gradients.inputs[0], dy));
  CHECK(error(gradients.weights[0], dbias) < 1e-5);
  CHECK(same_bits(other.forward(x), run.forward(x)));
  CHECK(same_bits(other.backward(x, dy).weights[0], gradients.weights[0]));
}

TEST_CASE("bias_add: works in place, forward and backward") {
  const auto op = bias_op({"bias", Role::learned, Tensor<>({3}, {1, 2, 3})});
  CHECK(op->overwrites_input());
  CHECK(op->overwrites_gradient());
  Context<Cpu> context(1);
  Tensor<> x({2, 3}, {10, 20, 30, 40, 50, 60});
  const ConstTensorView<Cpu> input = x.view();
  op->forward({context, std::span(&input, 1), x.view(), {}, {}});
  CHECK(x.to_vector() == std::vector<float>{11, 22, 33, 41, 52, 63});

  Tensor<> dy({2, 3}, {1, 2, 3, 4, 5, 6}), dbias(Shape{3});
  const ConstTensorView<Cpu> nothing{nullptr, dy.shape()};
  const TensorView<Cpu> dx = dy.view(), weight = dbias.view();
  op->backward({context,
                std::span(&nothing, 1),
                nothing,
                dy.view(),
                std::span(&dx, 1),
                std::span(&weight, 1),
                {},
                {}});
  CHECK(dy.to_vector() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(dbias.to_vector() == std::vector<float>{5, 7, 9});
}

TEST_CASE("bias_add: finite differences") {
  OneInputRun(bias_op(random_weight({5}, 1))).check_finite_differences(uniform_tensor({3, 4, 5}, 2), 1e-5);
}

TEST_CASE("bias_add: says what does not fit") {
  const auto emit = [](const Shape& bias) {
    return [bias](ops::Value<Cpu> x) { return ops::bias_add(x, random_weight(bias, 1)); };
  };
  check_refuses(
      {10, 5}, emit({4}),
      "[bias_add] input (10, 5) does not fit bias (4,): expected one number for each of the last axis");
  check_refuses(
      {4}, emit({1, 4}),
      "[bias_add] input (4,) does not fit bias (1, 4): expected one number for each of the last axis");
}

}  // namespace test_bias_add
