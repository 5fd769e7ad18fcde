#include "tanuki/tanuki.hpp"
#include "tests/parity/golden_models.hpp"

namespace test_models {

TEST_CASE("a loaded model predicts what Keras predicts") { tanuki::test::check_predictions<tanuki::Cpu>(); }

TEST_CASE("a loaded model learns what Keras learns") { tanuki::test::check_learning<tanuki::Cpu>(); }

}  // namespace test_models
