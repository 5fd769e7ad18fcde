#include "tests/optimizers/check_optimizer.hpp"

namespace test_adamax {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Adamax agrees with Keras") {
  check_optimizer_golden("adamax", Adamax());
  check_optimizer_golden("adamax_options",
                         Adamax({.learning_rate = 0.05, .beta_1 = 0.7, .beta_2 = 0.9, .epsilon = 1e-3}));
}

TEST_CASE("Adamax does not depend on the number of threads") { check_same_on_any_threads(Adamax()); }

TEST_CASE("Adamax's options are checked") {
  CHECK_THROWS_WITH(Adamax({.beta_1 = 1}), "[adamax] a beta is 1, expected 0 to below 1");
  CHECK_THROWS_WITH(Adamax({.epsilon = -1}), "[adamax] epsilon is -1, expected 0 or more");
}

}  // namespace test_adamax
