#include "tanuki/backend/eigen/arithmetic.hpp"
#include "tanuki/backend/eigen/scalar_arithmetic.hpp"
#include "tests/ops/op_harness.hpp"

namespace test_arithmetic {

using namespace tanuki;
using ops::Arithmetic;
using ops::ScalarArithmetic;

namespace {

/// At least 0.5, and 0.03 apart from each other.
Tensor<Cpu> positive(const Shape& shape, std::uint64_t label, float least) {
  Tensor<Cpu> x = test::distinct_tensor(shape, label, 0.12f);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] += least + 0.06f * float(x.size());
  return x;
}

}  // namespace

TEST_CASE("arithmetic agrees with finite differences, whatever is broadcast") {
  const auto kind = GENERATE(Arithmetic::add, Arithmetic::subtract, Arithmetic::multiply, Arithmetic::divide,
                             Arithmetic::maximum, Arithmetic::minimum);
  using Pair = std::pair<Shape, Shape>;
  const auto [a, b] =
      GENERATE(Pair{{3, 2, 4, 17}, {3, 2, 4, 17}}, Pair{{3, 2, 4, 17}, {3, 1, 1, 17}},
               Pair{{3, 1, 1, 17}, {3, 2, 4, 17}}, Pair{{3, 2, 4, 3}, {3, 2, 4, 1}},
               Pair{{2, 3, 1, 5}, {2, 1, 4, 1}}, Pair{{2, 3, 4}, {2, 1, 1}}, Pair{{2, 3, 4, 5}, {2, 5}},
               Pair{{1, 3, 4}, {1, 1, 4}}, Pair{{3}, {3}}, Pair{{2, 1, 1}, {2, 1, 1}});
  INFO(ops::name_of(kind) << " " << a << " " << b);
  // A step never changes which is larger.
  test::check_op(ops::ArithmeticOp<Cpu>(kind), {positive(a, 0, 0.5f), positive(b, 1, 0.53f)});
}

TEST_CASE("arithmetic of a batch's part is that of the batch") {
  const Tensor<Cpu> a = test::random_tensor({4, 3, 5}), b = test::random_tensor({4, 1, 5}, 1);
  Context<Cpu> context(2);
  const ops::ArithmeticOp<Cpu> op(Arithmetic::multiply);
  const auto all = test::OpRun(op, {a, b}).forward(context).output;
  for (Index example = 0; example < 4; ++example) {
    const Tensor<Cpu> one({1, 3, 5}, std::span(a.data() + example * 15, 15));
    const Tensor<Cpu> other({1, 1, 5}, std::span(b.data() + example * 5, 5));
    const auto y = test::OpRun(op, {one, other}).forward(context).output;
    CHECK(std::equal(y.begin(), y.end(), all.begin() + example * 15));
  }
}

TEST_CASE("arithmetic refuses shapes that do not broadcast") {
  CHECK_THROWS_WITH(test::output_shape(ops::ArithmeticOp<Cpu>(Arithmetic::multiply), {{4, 4, 3}, {4, 2, 3}}),
                    "[multiply] (4, 2, 3) does not fit (4, 4, 3): expected one shape, but for axes of 1");
  CHECK(test::output_shape(ops::ArithmeticOp<Cpu>(Arithmetic::add), {{3}, {4, 1, 3}}) == Shape{4, 1, 3});
}

TEST_CASE("arithmetic with a number agrees with finite differences") {
  const auto kind = GENERATE(ScalarArithmetic::add, ScalarArithmetic::subtract, ScalarArithmetic::multiply,
                             ScalarArithmetic::divide, ScalarArithmetic::maximum, ScalarArithmetic::minimum,
                             ScalarArithmetic::power);
  const bool first = GENERATE(false, true);
  INFO(int(kind) << ", the number first: " << first);
  const Tensor<Cpu> x({2, 5}, {0.3f, 0.5f, 0.8f, 1, 1.2f, 1.5f, 1.7f, 2, 2.3f, 3});
  // The differences of 1.35 / x at 0.3 are off by step² / 0.3².
  test::check_op(ops::ScalarArithmeticOp<Cpu>({kind, 1.35f, first}), {x}, {.step = 4e-3});
}

TEST_CASE("arithmetic with a number: values") {
  const std::vector<Tensor<Cpu>> x{{{1, 3}, {-1, 2, 4}}};
  Context<Cpu> context(1);
  const auto run = [&](ops::ScalarArguments arguments) {
    return test::OpRun(ops::ScalarArithmeticOp<Cpu>(arguments), x).forward(context).output;
  };
  CHECK(run({ScalarArithmetic::subtract, 3, true}) == std::vector<float>{4, 1, -1});
  CHECK(run({ScalarArithmetic::divide, 4, true}) == std::vector<float>{-4, 2, 1});
  CHECK(run({ScalarArithmetic::divide, 4}) == std::vector<float>{-0.25f, 0.5f, 1});
  CHECK(run({ScalarArithmetic::maximum, 0}) == std::vector<float>{0, 2, 4});
  CHECK(run({ScalarArithmetic::power, 2}) == std::vector<float>{1, 4, 16});
  CHECK(run({ScalarArithmetic::power, 2, true}) == std::vector<float>{0.5f, 4, 16});
}

}  // namespace test_arithmetic
