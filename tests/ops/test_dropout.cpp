#include <set>

#include "tanuki/backend/eigen/dropout.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_dropout {

using namespace tanuki;

TEST_CASE("dropout agrees with finite differences") {
  test::check_op(ops::Dropout<Cpu>(GENERATE(0.0f, 0.2f, 0.9f)), {test::random_tensor({3, 13})});
}

TEST_CASE("dropout draws by element") {
  const Tensor<Cpu> x = test::random_tensor({2, 30001}, 0, 3);
  const Random random{5, 6};
  const float rate = GENERATE(0.1f, 0.5f);
  Context<Cpu> context(2);
  const auto y = test::OpRun(ops::Dropout<Cpu>(rate), {x}, random).forward(context).output;
  Index dropped = 0;
  for (Index i = 0; i < x.size(); ++i) {
    const bool drop = random.uniform(std::uint64_t(i)) < rate;
    REQUIRE(y[std::size_t(i)] == (drop ? 0.0f : x.data()[i] * (1.0f / (1.0f - rate))));
    dropped += drop;
  }
  CHECK(double(dropped) / double(x.size()) == Approx(rate).margin(0.01));
}

TEST_CASE("dropout of another step drops others") {
  const std::vector<Tensor<Cpu>> x{test::random_tensor({1, 100}, 0, 3)};
  const ops::Dropout<Cpu> op(0.5f);
  Context<Cpu> context(1);
  const auto first = test::OpRun(op, x, {1, 1}).forward(context);
  CHECK((test::OpRun(op, x, {1, 1}).forward(context) == first));
  CHECK_FALSE((test::OpRun(op, x, {1, 2}).forward(context) == first));
  CHECK_FALSE((test::OpRun(op, x, {2, 1}).forward(context) == first));
}

TEST_CASE("a rate of 1 drops all") {
  const Tensor<Cpu> x = test::random_tensor({2, 9});
  Context<Cpu> context(1);
  CHECK(test::OpRun(ops::Dropout<Cpu>(1.0f), {x}).forward(context).output == std::vector<float>(18, 0.0f));
}

TEST_CASE("dropout of numbers that share their draws") {
  const bool each_example = GENERATE(true, false);
  const ops::Dropout<Cpu> op({.rate = 0.5f, .scale = 2, .shift = 1, .dropped = -3}, {1, 1, 5}, each_example);
  const Tensor<Cpu> x = test::random_tensor({4, 3, 2, 5});
  test::check_op(op, {x});
  Context<Cpu> context(2);
  const auto y = test::OpRun(op, {x}).forward(context).output;
  std::set<bool> seen;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t representative = (each_example ? i / 30 * 30 : 0) + i % 5;
    const bool dropped = y[representative] == -3;
    seen.insert(dropped);
    REQUIRE(y[i] == (dropped ? -3 : x.data()[i] * 2 + 1));
  }
  CHECK(seen.size() == 2);
}

TEST_CASE("dropout refuses noise of another shape") {
  CHECK_THROWS_WITH(test::output_shape(ops::Dropout<Cpu>({.rate = 0.5f}, {1, 3}, true), {{4, 4}}),
                    "[dropout] noise of shape (1, 3) does not fit input (4, 4)");
}

TEST_CASE("dropout refuses a rate that is none") {
  for (float rate : {1.1f, -0.1f, std::nanf("")}) {
    CHECK_THROWS_AS(test::output_shape(ops::Dropout<Cpu>(rate), {{4}}), Error);
  }
}

}  // namespace test_dropout
