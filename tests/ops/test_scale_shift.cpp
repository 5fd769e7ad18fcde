#include "tanuki/backend/eigen/scale_shift.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_scale_shift {

using namespace tanuki;

TEST_CASE("scale_shift: values") {
  const std::vector<float> scale{2, 3}, shift{-1, 0.5f};
  const std::vector<Tensor<Cpu>> x{{{2, 2}, {1, 2, 3, 4}}};
  Context<Cpu> context(1);
  CHECK(test::OpRun(ops::ScaleShift<Cpu>(scale, shift), x).forward(context).output ==
        std::vector<float>{1, 6.5f, 5, 12.5f});
}

TEST_CASE("scale_shift agrees with finite differences") {
  const auto scale = test::random_tensor({18}, 1).to_vector(),
             shift = test::random_tensor({18}, 2).to_vector();
  test::check_op(ops::ScaleShift<Cpu>(scale, shift), {test::random_tensor({2, 3, 18})});
}

TEST_CASE("scale_shift refuses another number of channels") {
  const std::vector<float> two{1, 2};
  CHECK_THROWS_AS(test::output_shape(ops::ScaleShift<Cpu>(two, two), {{4, 4, 3}}), Error);
}

}  // namespace test_scale_shift
