// batch_norm (the batch's statistics) and batch_norm_inference (given ones).

#include "tanuki/backend/eigen/batch_norm.hpp"
#include "tanuki/backend/eigen/batch_norm_inference.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_batch_norm {

using namespace tanuki;

namespace {

ops::BatchNormWeights<Cpu> make_weights(Index channels, bool scale = true, bool center = true) {
  const auto weight = [&](std::string name, Role role, std::uint64_t label, float mean, float deviation) {
    return Weight<Cpu>(std::move(name), role, test::random_tensor({channels}, label, mean, deviation));
  };
  ops::BatchNormWeights<Cpu> weights;
  if (scale) weights.gamma = weight("gamma", Role::learned, 11, 1, 0.2f);
  if (center) weights.beta = weight("beta", Role::learned, 12, 0, 1);
  weights.moving_mean = weight("moving_mean", Role::state, 13, 0, 1);
  weights.moving_variance = weight("moving_variance", Role::state, 14, 1, 0.1f);
  return weights;
}

}  // namespace

TEST_CASE("batch normalisation agrees with finite differences") {
  const bool scale = GENERATE(true, false), center = GENERATE(true, false);
  const Shape shape = GENERATE(Shape{4, 3, 2, 18}, Shape{7, 5}, Shape{4, 1});
  const auto weights = make_weights(shape.back(), scale, center);
  const auto x = test::random_tensor(shape, 1, 0.5f, 2);
  test::check_op(ops::BatchNormInference<Cpu>(weights, 1e-3f), {x});
  test::check_op(ops::BatchNorm<Cpu>(weights, 1e-3f, 0.99), {x}, {.tolerance = 2e-3});
}

TEST_CASE("batch normalisation gives mean beta and deviation gamma, also far from zero") {
  const float far = GENERATE(0.0f, 1000.0f);
  const Index channels = 20, rows = 6000;
  const auto weights = make_weights(channels);
  const auto x = test::random_tensor({rows, channels}, 1, far);
  Context<Cpu> context(2);
  const auto result = test::OpRun(ops::BatchNorm<Cpu>(weights, 0, 0.99), {x}).forward(context);
  for (Index c = 0; c < channels; ++c) {
    double sum = 0, squares = 0;
    for (Index i = c; i < x.size(); i += channels) {
      const double y = double(result.output[std::size_t(i)]) - double(weights.beta.value().data()[c]);
      sum += y, squares += y * y;
    }
    const double gamma = weights.gamma.value().data()[c];
    CHECK(std::abs(sum / double(rows)) < 1e-4);
    CHECK(std::sqrt(squares / double(rows)) == Approx(std::abs(gamma)).epsilon(1e-4));
  }
}

TEST_CASE("commit moves the moving statistics, and only commit does") {
  const auto weights = make_weights(2);
  weights.moving_mean.assign(Tensor<Cpu>({2}, {10, 20}));
  weights.moving_variance.assign(Tensor<Cpu>({2}, {1, 2}));
  const ops::BatchNorm<Cpu> op(weights, 1e-3f, 0.9);
  const Tensor<Cpu> x({2, 2}, {1, 5, 3, 5});  // means 2, 5; population variances 1, 0
  Tensor<Cpu> y({2, 2}), saved({4});
  const auto view = x.view();
  Context<Cpu> context(1);
  const ops::ForwardPass<Cpu> pass{context, {&view, 1}, y.view(), saved.view(), {}};
  op.forward(pass);
  CHECK(saved.to_vector() == std::vector<float>{2, 5, 1, 0});
  CHECK(weights.moving_mean.value().to_vector() == std::vector<float>{10, 20});
  const auto version = weights.moving_mean.version();
  op.commit(pass);
  CHECK(weights.moving_mean.version() > version);
  const auto mean = weights.moving_mean.value().to_vector(),
             variance = weights.moving_variance.value().to_vector();
  CHECK(mean[0] == Approx(9.2).epsilon(1e-6));
  CHECK(mean[1] == Approx(18.5).epsilon(1e-6));
  CHECK(variance[0] == Approx(1.0).epsilon(1e-6));
  CHECK(variance[1] == Approx(1.8).epsilon(1e-6));
}

TEST_CASE("one value for each channel is refused in training, not in inference") {
  const auto weights = make_weights(3);
  const std::vector<Tensor<Cpu>> one{test::random_tensor({1, 1, 1, 3})},
      more{test::random_tensor({1, 1, 2, 3})};
  Context<Cpu> context(1);
  const ops::BatchNorm<Cpu> op(weights, 1e-3f, 0.99);
  CHECK_THROWS_WITH(test::OpRun(op, one).forward(context),
                    Catch::Contains("[batch_normalization] input (1, 1, 1, 3) is a batch of one value"));
  CHECK_NOTHROW(test::OpRun(op, more).forward(context));
  CHECK_NOTHROW(test::OpRun(ops::BatchNormInference<Cpu>(weights, 1e-3f), one).forward(context));
}

TEST_CASE("batch normalisation refuses another number of channels") {
  CHECK_THROWS_WITH(test::output_shape(ops::BatchNorm<Cpu>(make_weights(3), 1e-3f, 0.99), {{4, 4, 5}}),
                    "[batch_normalization] input (4, 4, 5) does not fit gamma (3,): expected 3 channels");
}

}  // namespace test_batch_norm
