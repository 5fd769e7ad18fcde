#include "tanuki/backend/eigen/clipped_relu.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_clipped_relu {

using namespace tanuki;

TEST_CASE("clipped relu: values") {
  const ops::ClippedRelu<Cpu> op({.max_value = 6, .negative_slope = 0.5f, .threshold = 1});
  const std::vector<Tensor<Cpu>> x{{{1, 5}, {-3, 0, 1, 2, 7}}};
  Context<Cpu> context(1);
  CHECK(test::OpRun(op, x).forward(context).output == std::vector<float>{-2, -0.5f, 0, 2, 6});
}

TEST_CASE("clipped relu agrees with finite differences") {
  const auto arguments = GENERATE(
      ops::ReluArguments{}, ops::ReluArguments{.max_value = 1.5f}, ops::ReluArguments{.negative_slope = 0.3f},
      ops::ReluArguments{.max_value = 2, .negative_slope = 0.1f, .threshold = 0.47f});
  test::check_op(ops::ClippedRelu<Cpu>(arguments), {test::distinct_tensor({2, 5, 7}, 0, 0.07f)});
}

}  // namespace test_clipped_relu
