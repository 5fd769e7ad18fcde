#include "tanuki/backend/eigen/normalize.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_normalize {

using namespace tanuki;

namespace {

Weight<Cpu> constant_weight(std::string name, std::vector<float> values) {
  return {std::move(name), Role::state, Tensor<Cpu>({Index(values.size())}, values)};
}

}  // namespace

TEST_CASE("normalize: values, also of a channel without variance") {
  const ops::Normalize<Cpu> op(constant_weight("mean", {1, 2}), constant_weight("variance", {4, 0}));
  const std::vector<Tensor<Cpu>> x{{{2, 2}, {5, 2, 1, 3}}};
  Context<Cpu> context(1);
  const auto y = test::OpRun(op, x).forward(context).output;
  CHECK(y == std::vector<float>{2, 0, 0, 1 / 1e-7f});
}

TEST_CASE("normalize agrees with finite differences") {
  std::vector<float> mean, variance;
  for (int c = 0; c < 19; ++c) mean.push_back(float(c) - 9), variance.push_back(0.3f + 0.1f * float(c));
  test::check_op(ops::Normalize<Cpu>(constant_weight("mean", mean), constant_weight("variance", variance)),
                 {test::random_tensor({2, 3, 19})});
}

TEST_CASE("normalize refuses another number of channels") {
  const ops::Normalize<Cpu> op(constant_weight("mean", {1, 2}), constant_weight("variance", {4, 0}));
  CHECK_THROWS_WITH(test::output_shape(op, {{4, 4, 3}}),
                    "[normalization] input (4, 4, 3) does not fit mean (2,): expected 2 channels");
}

TEST_CASE("normalisation inverted, and with numbers that several indices share") {
  const auto mean = constant_weight("mean", {1, 2}), variance = constant_weight("variance", {4, 9});
  const Tensor<Cpu> x({1, 2, 3}, {0, 1, 2, 3, 4, 5});
  Context<Cpu> context(1);
  const ops::Normalize<Cpu> shared(mean, variance, {.map = {0, 0, 0, 1, 1, 1}});
  CHECK(test::OpRun(shared, {x}).forward(context).output ==
        std::vector<float>{-0.5f, 0, 0.5f, 1 / 3.0f, 2 / 3.0f, 1});
  const ops::Normalize<Cpu> inverted(mean, variance, {.invert = true, .map = {0, 1, 0}});
  CHECK(test::OpRun(inverted, {x}).forward(context).output == std::vector<float>{1, 5, 5, 7, 14, 11});
  test::check_op(shared, {x});
  test::check_op(inverted, {x});
  CHECK_THROWS_AS(test::output_shape(ops::Normalize<Cpu>(mean, variance, {.map = {0, 2, 0}}), {{2, 3}}),
                  Error);
  CHECK_THROWS_AS(test::output_shape(shared, {{3, 3}}), Error);
}

}  // namespace test_normalize
