#include "tanuki/backend/eigen/softmax.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_softmax {

using namespace tanuki;

TEST_CASE("softmax agrees with finite differences") {
  test::check_op(ops::Softmax<Cpu>(), {test::random_tensor({3, 4, 5})});
}

TEST_CASE("softmax of large numbers") {
  const std::vector<Tensor<Cpu>> x{{{1, 3}, {1000, 1000, -1000}}};
  Context<Cpu> context(1);
  CHECK(test::OpRun(ops::Softmax<Cpu>(), x).forward(context).output == std::vector<float>{0.5f, 0.5f, 0});
}

}  // namespace test_softmax
