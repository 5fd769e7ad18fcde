#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/losses/mean_squared_error.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_mean_squared_error {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Equals;

TEST_CASE("mean squared error agrees with Keras") {
  check_loss_golden("mean_squared_error", MeanSquaredError());
  check_loss_golden("mean_squared_error_maps", MeanSquaredError());
}

TEST_CASE("mean squared error's gradient is that of its value") {
  check_loss_gradient(MeanSquaredError(), random_tensor({3, 4}, -2, 2, 5), random_tensor({3, 4}, -2, 2));
}

TEST_CASE("mean squared error does not depend on the number of threads") {
  check_same_on_any_threads(MeanSquaredError(), random_tensor({90'000}, -2, 2, 5),
                            random_tensor({90'000}, -2, 2));
}

TEST_CASE("mean squared error takes a label for each number") {
  const AnyLoss<Cpu> loss = MeanSquaredError();
  CHECK(loss.name() == "mean_squared_error");
  CHECK_FALSE(loss.from_logits());
  loss.check({4}, {4});
  loss.check({}, {1});
  CHECK_THROWS_WITH(
      loss.check({1}, {4}),
      Equals("[mean_squared_error] labels (1,) do not fit predictions (4,): expected one for each number"));
}

TEST_CASE("no examples have no loss") {
  CHECK(loss_of(MeanSquaredError(), Tensor<>({0, 2}), Tensor<>({0, 2})) == 0.0f);
}

}  // namespace test_mean_squared_error
