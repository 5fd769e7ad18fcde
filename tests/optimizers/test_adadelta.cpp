#include "tests/optimizers/check_optimizer.hpp"

namespace test_adadelta {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Adadelta agrees with Keras") {
  check_optimizer_golden("adadelta", Adadelta());
  check_optimizer_golden("adadelta_options", Adadelta({.learning_rate = 1, .rho = 0.8, .epsilon = 1e-3}));
}

TEST_CASE("Adadelta does not depend on the number of threads") { check_same_on_any_threads(Adadelta()); }

TEST_CASE("Adadelta's options are checked") {
  CHECK_THROWS_WITH(Adadelta({.rho = -1}), "[adadelta] rho is -1, expected 0 to 1");
  CHECK_THROWS_WITH(Adadelta({.epsilon = -1}), "[adadelta] epsilon is -1, expected 0 or more");
}

}  // namespace test_adadelta
