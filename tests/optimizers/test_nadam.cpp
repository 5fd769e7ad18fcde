#include "tests/optimizers/check_optimizer.hpp"

namespace test_nadam {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Nadam agrees with Keras") {
  check_optimizer_golden("nadam", Nadam());
  check_optimizer_golden("nadam_options",
                         Nadam({.learning_rate = 0.05, .beta_1 = 0.7, .beta_2 = 0.9, .epsilon = 1e-3}));
}

TEST_CASE("Nadam does not depend on the number of threads") { check_same_on_any_threads(Nadam()); }

TEST_CASE("Nadam's options are checked") {
  CHECK_THROWS_WITH(Nadam({.beta_2 = 1}), "[nadam] a beta is 1, expected 0 to below 1");
  CHECK_THROWS_WITH(Nadam({.epsilon = -1}), "[nadam] epsilon is -1, expected 0 or more");
}

}  // namespace test_nadam
