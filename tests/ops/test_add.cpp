#include "tanuki/backend/eigen/add.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_add {

using namespace tanuki;
using test::random_tensor;

TEST_CASE("add agrees with finite differences") {
  const ops::Add<Cpu> op;
  test::check_op(op, {random_tensor({2, 3, 5}, 0), random_tensor({2, 3, 5}, 1)});
  test::check_op(op, {random_tensor({2, 3, 5}, 0), random_tensor({2, 3, 5}, 1), random_tensor({2, 3, 5}, 2)});
  test::check_op(op, {random_tensor({2, 700}, 0), random_tensor({2, 700}, 1), random_tensor({2, 700}, 2)},
                 {.step = 0.1});
}

TEST_CASE("add in place of a tensor that comes three times") {
  const ops::Add<Cpu> op;
  Tensor<Cpu> x({1, 3}, {1, 2, 3});
  const std::vector<ConstTensorView<Cpu>> views(3, x.view());
  Context<Cpu> context(1);
  op.forward({context, views, x.view(), {}, {}});
  CHECK(x.to_vector() == std::vector<float>{3, 6, 9});
}

TEST_CASE("add refuses tensors of other shapes") {
  CHECK_THROWS_WITH(test::output_shape(ops::Add<Cpu>(), {{4, 4, 3}, {4, 4, 1}}),
                    "[add] (4, 4, 1) does not fit (4, 4, 3): expected one shape");
}

}  // namespace test_add
