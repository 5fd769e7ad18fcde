#include "tests/optimizers/check_optimizer.hpp"

namespace test_adagrad {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Adagrad agrees with Keras") {
  check_optimizer_golden("adagrad", Adagrad());
  check_optimizer_golden("adagrad_options",
                         Adagrad({.learning_rate = 0.1, .initial_accumulator_value = 0.5, .epsilon = 1e-2}));
  check_optimizer_golden("adagrad_from_zero",
                         Adagrad({.learning_rate = 0.1, .initial_accumulator_value = 0}));
}

TEST_CASE("Adagrad does not depend on the number of threads") { check_same_on_any_threads(Adagrad()); }

TEST_CASE("Adagrad's options are checked") {
  CHECK_THROWS_WITH(Adagrad({.initial_accumulator_value = -1}),
                    "[adagrad] initial_accumulator_value is -1, expected 0 or more");
  CHECK_THROWS_WITH(Adagrad({.epsilon = -1}), "[adagrad] epsilon is -1, expected 0 or more");
}

}  // namespace test_adagrad
