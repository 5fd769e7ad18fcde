#include "tanuki/backend/eigen/matmul.hpp"
#include "tests/ops/run_op.hpp"

namespace test_matmul {

using namespace tanuki;
using namespace tanuki::test;

namespace {

std::shared_ptr<ops::Matmul<Cpu>> matmul_op(const Weight<>& kernel) {
  return std::make_shared<ops::Matmul<Cpu>>(kernel);
}

struct Reference {
  std::vector<double> y, dx, dkernel;

  Reference(const Tensor<>& x, const Tensor<>& kernel, const Tensor<>& dy) {
    const Index in = kernel.shape()[0], out = kernel.shape()[1], rows = x.size() / in;
    y.resize(std::size_t(rows * out)), dx.resize(std::size_t(x.size())),
        dkernel.resize(std::size_t(kernel.size()));
    for (Index m = 0; m < rows; ++m) {
      for (Index k = 0; k < in; ++k) {
        for (Index n = 0; n < out; ++n) {
          const double a = x.data()[m * in + k], b = kernel.data()[k * out + n], d = dy.data()[m * out + n];
          y[std::size_t(m * out + n)] += a * b;
          dx[std::size_t(m * in + k)] += d * b;
          dkernel[std::size_t(k * out + n)] += a * d;
        }
      }
    }
  }
};

}  // namespace

TEST_CASE("matmul: agrees with a float64 reference, whatever the number of threads") {
  const auto [in, out, batch] = GENERATE(table<Index, Index, Index>(
      {{2048, 1, 32}, {7, 5, 3}, {1, 1, 1}, {33, 64, 1}, {65, 97, 50}, {1, 40, 9}, {2049, 33, 13}}));
  CAPTURE(in, out, batch);
  const Weight<> kernel = random_weight({in, out}, 1);
  const Tensor<> x = uniform_tensor({batch, in}, 2), dy = uniform_tensor({batch, out}, 3);
  const Reference expected(x, kernel.value(), dy);
  OneInputRun run(matmul_op(kernel));
  const Tensor<> y = run.forward(x);
  const Gradients gradients = run.backward(x, dy);
  CHECK(error(y, expected.y) < 2e-6);
  CHECK(error(gradients.inputs[0], expected.dx) < 2e-6);
  CHECK(error(gradients.weights[0], expected.dkernel) < 2e-6);
  for (const int threads : {2, 3}) {
    OneInputRun other(matmul_op(kernel), threads);
    CHECK(same_bits(other.forward(x), y));
    const Gradients same = other.backward(x, dy);
    CHECK(same_bits(same.inputs[0], gradients.inputs[0]));
    CHECK(same_bits(same.weights[0], gradients.weights[0]));
  }
}

TEST_CASE("matmul: works on the last axis") {
  const Weight<> kernel = random_weight({6, 4}, 1);
  OneInputRun run(matmul_op(kernel));
  const Tensor<> x = uniform_tensor({2, 3, 5, 6}, 2);
  const Tensor<> y = run.forward(x);
  CHECK(y.shape() == Shape{2, 3, 5, 4});
  CHECK(same_bits(Tensor<>(y).reshaped({30, 4}), run.forward(Tensor<>(x).reshaped({30, 6}))));
}

TEST_CASE("matmul: finite differences") {
  OneInputRun(matmul_op(random_weight({19, 11}, 1)))
      .check_finite_differences(uniform_tensor({5, 19}, 2), 1e-5);
}

TEST_CASE("matmul: an empty batch has no output and a gradient of zero") {
  OneInputRun run(matmul_op(random_weight({3, 2}, 1)), 2);
  CHECK(run.forward(Tensor<>(Shape{0, 3})).size() == 0);
  const Gradients gradients = run.backward(Tensor<>(Shape{0, 3}), Tensor<>(Shape{0, 2}));
  CHECK(error(gradients.weights[0], std::vector<double>(6)) == 0);
}

TEST_CASE("matmul: gives only the gradients that are wanted, and says what it reads") {
  const auto op = matmul_op(random_weight({3, 2}, 1));
  CHECK_FALSE(op->reads({.inputs = true}).inputs);
  CHECK(op->reads({.weights = true}).inputs);
  CHECK_FALSE(op->reads({.inputs = true, .weights = true}).output);
  const Tensor<> x = uniform_tensor({4, 3}, 2), dy = uniform_tensor({4, 2}, 3);
  const Gradients both = OneInputRun(op).backward(x, dy);
  CHECK(same_bits(OneInputRun(op).backward(x, dy, {.inputs = true}).inputs[0], both.inputs[0]));
  CHECK(same_bits(OneInputRun(op).backward(x, dy, {.weights = true}).weights[0], both.weights[0]));
}

TEST_CASE("matmul: says what does not fit") {
  const auto emit = [](const Shape& kernel) {
    return [kernel](ops::Value<Cpu> x) { return ops::matmul(x, random_weight(kernel, 1)); };
  };
  check_refuses({10, 5}, emit({4, 2}),
                "[matmul] input (10, 5) does not fit kernel (4, 2): expected 4 on the last axis");
  check_refuses({}, emit({4, 2}),
                "[matmul] input () does not fit kernel (4, 2): expected 4 on the last axis");
  check_refuses({4}, emit({4, 2, 1}), "[matmul] kernel (4, 2, 1) is not (in, out)");
}

}  // namespace test_matmul
