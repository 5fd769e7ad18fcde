// layer_norm, unit_norm and group_norm: rows along the last axis, the last axes, and others; groups of channels.

#include "tanuki/backend/eigen/group_norm.hpp"
#include "tanuki/backend/eigen/layer_norm.hpp"
#include "tanuki/backend/eigen/unit_norm.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_layer_norm {

using namespace tanuki;

namespace {

Weight<Cpu> weight(std::string name, Index size, std::uint64_t label) {
  return {std::move(name), Role::learned, test::random_tensor({size}, label, 1, 0.5f)};
}

}  // namespace

TEST_CASE("layer normalisation agrees with finite differences") {
  const bool scale = GENERATE(true, false), center = GENERATE(true, false), rms = GENERATE(false, true);
  const auto [shape, axes, size] =
      GENERATE(table<Shape, std::vector<std::size_t>, Index>({{{3, 2, 2, 19}, {2}, 19},
                                                              {{2, 3, 2, 5}, {0, 1, 2}, 30},
                                                              {{2, 3, 2, 5}, {0, 1}, 6},
                                                              {{2, 4, 5}, {0}, 4}}));
  const ops::LayerNorm<Cpu> op({.axes = axes, .epsilon = 1e-3f, .rms_scaling = rms},
                               scale ? weight("gamma", size, 1) : Weight<Cpu>(),
                               center ? weight("beta", size, 2) : Weight<Cpu>());
  test::check_op(op, {test::random_tensor(shape, 3, 0.5f, 2)}, {.tolerance = 2e-3});
}

TEST_CASE("unit normalisation agrees with finite differences") {
  const auto axes =
      GENERATE(std::vector<std::size_t>{2}, std::vector<std::size_t>{0, 2}, std::vector<std::size_t>{0});
  test::check_op(ops::UnitNorm<Cpu>(axes), {test::random_tensor({2, 3, 2, 19}, 3, 0.5f, 2)},
                 {.tolerance = 2e-3});
}

TEST_CASE("group normalisation agrees with finite differences") {
  const bool scale = GENERATE(true, false), center = GENERATE(true, false);
  const auto [shape, groups] =
      GENERATE(table<Shape, Index>({{{3, 2, 3, 18}, 6}, {{2, 3, 4, 4}, 1}, {{3, 2, 20}, 2}, {{4, 6}, 3}}));
  const ops::GroupNorm<Cpu> op(groups, 1e-3f, scale ? weight("gamma", shape.back(), 1) : Weight<Cpu>(),
                               center ? weight("beta", shape.back(), 2) : Weight<Cpu>());
  test::check_op(op, {test::random_tensor(shape, 3, 0.5f, 2)}, {.tolerance = 2e-3});
}

TEST_CASE("groups must divide the channels") {
  const Index groups = GENERATE(4, 7, 0);
  CHECK_THROWS_WITH(test::output_shape(ops::GroupNorm<Cpu>(groups, 1e-3f, {}, {}), {{4, 6}}),
                    Catch::StartsWith("[group_normalization] input (4, 6) does not fit"));
}

TEST_CASE("a long row far from zero keeps its digits") {
  const Index size = 70000;
  const ops::LayerNorm<Cpu> op({.axes = {0}, .epsilon = 0}, {}, {});
  const auto x = test::random_tensor({1, size}, 5, 1000, 1);
  Context<Cpu> context(1);
  const auto y = test::OpRun(op, {x}).forward(context).output;
  double sum = 0, squares = 0;
  for (float value : y) sum += double(value), squares += double(value) * double(value);
  CHECK(std::abs(sum / double(size)) < 1e-4);
  CHECK(squares / double(size) == Approx(1).epsilon(1e-4));
}

TEST_CASE("a row of zeros stays one") {
  Context<Cpu> context(1);
  const auto y =
      test::OpRun(ops::UnitNorm<Cpu>({0}), {Tensor<Cpu>({2, 2}, {0, 0, 3, 4})}).forward(context).output;
  CHECK(y == std::vector<float>{0, 0, 0.6f, 0.8f});
}

TEST_CASE("they refuse axes and weights that do not fit") {
  CHECK_THROWS_WITH(test::output_shape(ops::UnitNorm<Cpu>({2}), {{4, 4}}),
                    "[unit_normalization] the axes do not fit input (4, 4): expected different axes of it");
  CHECK_THROWS_WITH(test::output_shape(ops::LayerNorm<Cpu>({.axes = {}}, {}, {}), {{4, 4}}),
                    "[layer_normalization] no axis was given, expected at least one");
  CHECK_THROWS_WITH(
      test::output_shape(ops::LayerNorm<Cpu>({.axes = {1}}, weight("gamma", 3, 1), {}), {{4, 4}}),
      "[layer_normalization] input (4, 4) does not fit gamma (3,): expected 4 numbers");
}

}  // namespace test_layer_norm
