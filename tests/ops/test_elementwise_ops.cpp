// glu, permute, prelu, scale, gaussian_noise and softmax over other axes.

#include "tanuki/backend/eigen/gaussian_noise.hpp"
#include "tanuki/backend/eigen/glu.hpp"
#include "tanuki/backend/eigen/permute.hpp"
#include "tanuki/backend/eigen/prelu.hpp"
#include "tanuki/backend/eigen/scale.hpp"
#include "tanuki/backend/eigen/softmax.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_elementwise_ops {

using namespace tanuki;

TEST_CASE("glu agrees with finite differences") {
  test::check_op(ops::Glu<Cpu>(), {test::random_tensor({3, 4, 10})});
  CHECK_THROWS_WITH(test::output_shape(ops::Glu<Cpu>(), {{4, 3}}),
                    Catch::Contains("an even number of channels"));
}

TEST_CASE("permute agrees with finite differences") {
  test::check_op(ops::Permute<Cpu>({2, 0, 1}), {test::random_tensor({2, 3, 4, 5})});
  test::check_op(ops::Permute<Cpu>({0}), {test::random_tensor({2, 3})});
  const std::vector<Tensor<Cpu>> x{{{1, 2, 3}, {1, 2, 3, 4, 5, 6}}};
  Context<Cpu> context(1);
  CHECK(test::OpRun(ops::Permute<Cpu>({1, 0}), x).forward(context).output ==
        std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK_THROWS_AS(test::output_shape(ops::Permute<Cpu>({1, 0}), {{4, 3, 2}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::Permute<Cpu>({1, 1}), {{4, 3}}), Error);
}

TEST_CASE("prelu agrees with finite differences") {
  const Shape alpha =
      GENERATE(Shape{3, 2, 5}, Shape{1, 1, 5}, Shape{3, 1, 1}, Shape{1, 1, 1}, Shape{1, 2, 5});
  const Weight<Cpu> weight("alpha", Role::learned, test::random_tensor(alpha, 3));
  test::check_op(ops::PReLU<Cpu>(weight), {test::distinct_tensor({11, 3, 2, 5}, 0, 0.05f)});
  CHECK_THROWS_AS(test::output_shape(ops::PReLU<Cpu>(weight), {{4, 4}}), Error);
}

TEST_CASE("scale agrees with finite differences") {
  const Weight<Cpu> gamma("gamma", Role::learned, test::random_tensor({18}, 3));
  test::check_op(ops::Scale<Cpu>(gamma), {test::random_tensor({3, 5, 18})});
  CHECK_THROWS_AS(test::output_shape(ops::Scale<Cpu>(gamma), {{4, 4, 4}}), Error);
}

TEST_CASE("softmax and its logarithm over any axis agree with finite differences") {
  const auto kind = GENERATE(ops::SoftmaxKind::softmax, ops::SoftmaxKind::log_softmax);
  const std::size_t from_last = GENERATE(0u, 1u, 2u);
  test::check_op(ops::Softmax<Cpu>(kind, from_last), {test::random_tensor({2, 3, 4, 5})});
  CHECK_THROWS_AS(test::output_shape(ops::Softmax<Cpu>(kind, from_last), {Shape{}}), Error);
}

TEST_CASE("gaussian noise agrees with finite differences") {
  test::check_op(ops::GaussianNoise<Cpu>(0.3f, GENERATE(false, true)), {test::random_tensor({3, 13})});
}

TEST_CASE("gaussian noise has its mean and deviation, and draws by example") {
  const bool multiply = GENERATE(false, true);
  const Tensor<Cpu> x({4, 5000}, std::vector<float>(20000, 1.0f));
  Context<Cpu> context(2);
  const Random random{5, 6};
  const auto y = test::OpRun(ops::GaussianNoise<Cpu>(0.5f, multiply), {x}, random).forward(context).output;
  double sum = 0, squares = 0;
  for (float value : y) sum += double(value), squares += double(value) * double(value);
  CHECK(sum / 20000 == Approx(1).margin(0.02));
  CHECK(std::sqrt(squares / 20000 - sum * sum / 4e8) == Approx(0.5).margin(0.02));
  Random second = random;
  second.example = 1;
  const Tensor<Cpu> rest({3, 5000}, std::vector<float>(15000, 1.0f));
  const auto part =
      test::OpRun(ops::GaussianNoise<Cpu>(0.5f, multiply), {rest}, second).forward(context).output;
  CHECK(std::equal(part.begin(), part.end(), y.begin() + 5000));
}

}  // namespace test_elementwise_ops
