#include "tanuki/backend/eigen/concatenate.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_concatenate {

using namespace tanuki;
using test::random_tensor;

TEST_CASE("concatenate: values along both axes") {
  const std::vector<Tensor<Cpu>> inputs{{{1, 2, 2}, {1, 2, 3, 4}}, {{1, 2, 1}, {5, 6}}};
  Context<Cpu> context(1);
  CHECK(test::OpRun(ops::Concatenate<Cpu>(1), inputs).forward(context).output ==
        std::vector<float>{1, 2, 5, 3, 4, 6});
  const std::vector<Tensor<Cpu>> rows{{{2, 1, 2}, {1, 2, 3, 4}}, {{2, 1, 2}, {5, 6, 7, 8}}};
  CHECK(test::OpRun(ops::Concatenate<Cpu>(0), rows).forward(context).output ==
        std::vector<float>{1, 2, 5, 6, 3, 4, 7, 8});
}

TEST_CASE("concatenate agrees with finite differences") {
  const std::size_t axis = GENERATE(0u, 1u, 2u);
  const auto part = [&](Index extent, std::uint64_t label) {
    std::vector<Index> extents{2, 3, 4, 5};
    extents[axis + 1] = extent;
    return random_tensor(Shape(extents), label);
  };
  test::check_op(ops::Concatenate<Cpu>(axis), {part(2, 0), part(1, 1), part(3, 2)});
}

TEST_CASE("concatenate refuses what does not fit") {
  CHECK(test::output_shape(ops::Concatenate<Cpu>(2), {{4, 4, 3}, {4, 4, 1}}) == Shape{4, 4, 4});
  CHECK_THROWS_WITH(test::output_shape(ops::Concatenate<Cpu>(1), {{4, 4, 3}, {4, 4, 1}}),
                    "[concatenate] (4, 4, 1) does not fit (4, 4, 3): expected the same shape but for axis 1");
  CHECK_THROWS_AS(test::output_shape(ops::Concatenate<Cpu>(2), {{4, 4, 3}, {4, 4}}), Error);
  CHECK_THROWS_AS(test::output_shape(ops::Concatenate<Cpu>(3), {{4, 4, 3}, {4, 4, 3}}), Error);
}

}  // namespace test_concatenate
