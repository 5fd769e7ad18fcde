// Files of Keras loaded for the GPU: every layer and option, and every loss and optimizer, against Keras' own numbers.

#include "tanuki/backend/cuda/backend.hpp"
#include "tests/parity/golden_models.hpp"

namespace tanuki::test_goldens {

TEST_CASE("a model that is loaded for the GPU predicts what Keras predicts") {
  test::check_predictions<Cuda>();
}

TEST_CASE("a model that is loaded for the GPU learns what Keras learns") { test::check_learning<Cuda>(); }

}  // namespace tanuki::test_goldens
