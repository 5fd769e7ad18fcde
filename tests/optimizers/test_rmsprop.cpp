#include "tests/optimizers/check_optimizer.hpp"

namespace test_rmsprop {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("RMSprop agrees with Keras") {
  check_optimizer_golden("rmsprop", RMSprop());
  check_optimizer_golden("rmsprop_options", RMSprop({.learning_rate = 0.02, .rho = 0.7, .epsilon = 1e-3}));
  check_optimizer_golden("rmsprop_momentum", RMSprop({.learning_rate = 0.01, .momentum = 0.8}));
  check_optimizer_golden("rmsprop_centered",
                         RMSprop({.learning_rate = 0.01, .rho = 0.8, .epsilon = 1e-4, .centered = true}));
  check_optimizer_golden(
      "rmsprop_momentum_centered",
      RMSprop({.learning_rate = 0.01, .rho = 0.8, .momentum = 0.5, .epsilon = 1e-4, .centered = true}));
}

TEST_CASE("RMSprop does not depend on the number of threads") {
  check_same_on_any_threads(RMSprop());
  check_same_on_any_threads(RMSprop({.momentum = 0.9, .centered = true}));
}

TEST_CASE("RMSprop's options are checked") {
  CHECK_THROWS_WITH(RMSprop({.rho = 1.5}), "[rm_sprop] rho is 1.5, expected 0 to 1");
  CHECK_THROWS_WITH(RMSprop({.momentum = -1}), "[rm_sprop] momentum is -1, expected 0 or more");
  CHECK_THROWS_WITH(RMSprop({.epsilon = -1}), "[rm_sprop] epsilon is -1, expected 0 or more");
}

}  // namespace test_rmsprop
