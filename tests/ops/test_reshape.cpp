#include "tanuki/ops/reshape.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_reshape {

using namespace tanuki;

TEST_CASE("reshape keeps the number of elements") {
  const ops::Reshape<Cpu> op({6, 4});
  CHECK(op.is_view());
  CHECK(test::output_shape(op, {{2, 3, 4}}) == Shape{6, 4});
  CHECK_THROWS_WITH(test::output_shape(op, {{5, 5}}),
                    "[reshape] input (5, 5) does not fit (6, 4): expected 24 elements");
}

}  // namespace test_reshape
