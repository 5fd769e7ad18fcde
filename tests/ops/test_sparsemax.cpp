#include "tanuki/backend/eigen/sparsemax.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_sparsemax {

using namespace tanuki;

TEST_CASE("sparsemax agrees with finite differences") {
  test::check_op(ops::Sparsemax<Cpu>(), {test::distinct_tensor({3, 4, 7}, 0, 0.07f)});
  CHECK_THROWS_WITH(test::output_shape(ops::Sparsemax<Cpu>(), {{}}), Catch::Contains("no last axis"));
}

TEST_CASE("sparsemax has Keras' threshold") {
  Context<Cpu> context(1);
  const std::vector<Tensor<Cpu>> one{{{1, 3}, {2, 0.5f, -1}}}, two{{{1, 2}, {0.5f, 1}}};
  CHECK(test::OpRun(ops::Sparsemax<Cpu>(), one).forward(context).output == std::vector<float>{1, 0, 0});
  // (1 + 1.5 - 1) / 2 = 0.75, where the paper has (1.5 - 1) / 2 = 0.25
  CHECK(test::OpRun(ops::Sparsemax<Cpu>(), two).forward(context).output == std::vector<float>{0, 0.25f});
}

}  // namespace test_sparsemax
