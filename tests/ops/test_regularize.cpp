#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/regularize.hpp"

using namespace tanuki;
using Catch::Matchers::Contains;

namespace test_regularize {

/// Keras 3.15.1: the loss of a kernel of (3, 2), and its gradient, added to ones.
void check(const Regularizer& regularizer, float loss, const std::vector<float>& slope) {
  const std::vector<Weight<>> weights{
      {"kernel", Role::learned, Tensor<>({3, 2}, {1, 2, -0.5f, 0.25f, 0.75f, -3}), regularizer}};
  Context<Cpu> context(2);
  Tensor<> gradient({3, 2}, {1, 1, 1, 1, 1, 1});
  const auto view = gradient.view();
  CHECK(ops::regularization_loss<Cpu>(context, weights, std::span(&view, 1)).get() ==
        Approx(loss).epsilon(1e-6));
  for (std::size_t i = 0; i < slope.size(); ++i)
    CHECK(std::abs(gradient.data()[i] - (1 + slope[i])) <= 3e-7f * (1 + std::abs(slope[i])));
  CHECK(ops::regularization_loss<Cpu>(context, weights).get() == Approx(loss).epsilon(1e-6));
}

TEST_CASE("L1 and L2 agree with Keras") {
  check({.l1 = 0.1f}, 0.75f, {0.1f, 0.1f, -0.1f, 0.1f, 0.1f, -0.1f});
  check({.l2 = 0.2f}, 2.975f, {0.4f, 0.8f, -0.2f, 0.1f, 0.3f, -1.2f});
  check({.l1 = 0.1f, .l2 = 0.2f}, 3.725f, {0.5f, 0.9f, -0.3f, 0.2f, 0.4f, -1.3f});
}

TEST_CASE("the orthogonal regularizer agrees with Keras") {
  check({.orthogonal = 0.3f}, 0.14100482f,
        {-0.026031654f, 0.013015831f, 0.06074053f, 0.12148106f, 0.003402832f, 0.00085070357f});
  check({.orthogonal = 0.3f, .columns = true}, 0.02312066f,
        {-0.13606647f, -0.06519513f, -0.0090356637f, 0.030385058f, 0.17539817f, -0.04093133f});
}

TEST_CASE("what stands at right angles costs nothing; what is no matrix is refused") {
  Context<Cpu> context(1);
  const Regularizer orthogonal{.orthogonal = 1};
  std::vector<Weight<>> weights{{"kernel", Role::learned, Tensor<>({2, 2}, {3, 0, 0, -2}), orthogonal}};
  CHECK(ops::regularization_loss<Cpu>(context, weights).get() == 0);
  weights = {{"kernel", Role::learned, Tensor<>({2}), orthogonal}};
  CHECK_THROWS_WITH(ops::regularization_loss<Cpu>(context, weights),
                    "[orthogonal_regularizer] weight 'kernel' has shape (2,), expected two axes");
}

}  // namespace test_regularize
