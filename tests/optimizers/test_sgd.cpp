#include "tanuki/optimizers/sgd.hpp"
#include "tests/optimizers/check_optimizer.hpp"

namespace test_sgd {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("gradient descent agrees with Keras") {
  check_optimizer_golden("sgd", SGD());
  check_optimizer_golden("sgd_momentum", SGD({.learning_rate = 0.05, .momentum = 0.9}));
  check_optimizer_golden("sgd_nesterov", SGD({.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}));
}

TEST_CASE("gradient descent does not depend on the number of threads") {
  const SGD plain, nesterov({.momentum = 0.9, .nesterov = true});
  check_same_on_any_threads(plain);
  check_same_on_any_threads(nesterov);
}

TEST_CASE("without momentum there is no state") {
  const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>({2})}};
  AnyOptimizer<Cpu> plain = SGD(), momentum = SGD({.momentum = 0.9});
  plain.build(weights);
  momentum.build(weights);
  CHECK(plain.state().empty());
  CHECK(momentum.state().size() == 1);
  CHECK_THROWS_WITH(SGD({.momentum = 1.5}), "[sgd] momentum is 1.5, expected 0 to 1");
}

}  // namespace test_sgd
