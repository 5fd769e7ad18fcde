// The harness itself: a right op passes, and each kind of wrong one is found out.

#include "tests/ops/op_harness.hpp"

namespace test_op_harness {

using namespace tanuki;

namespace {

enum class Fault { none, gradient, unwritten_output, unwritten_gradient, beyond_the_end, in_place, weight };

/// y = x · x · w, for one number w.
class Square final : public ops::Op<Cpu> {
 public:
  explicit Square(Fault fault) : fault_(fault), weight_("w", Role::learned, Tensor<Cpu>({1}, {0.7f})) {}

  std::string_view name() const override { return "square"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::vector<Weight<Cpu>> weights() const override { return {weight_}; }
  ops::Reads reads(ops::Wanted) const override { return {.inputs = true}; }
  bool overwrites_input() const override { return true; }

  void forward(const ops::ForwardPass<Cpu>& pass) const override {
    const Index count = pass.output.size() - (fault_ == Fault::unwritten_output ? 1 : 0);
    const float w = weight_.value().data()[0];
    if (fault_ == Fault::in_place) std::fill_n(pass.output.data, count, 0.0f);
    for (Index i = 0; i < count; ++i) {
      const float x = pass.inputs[0].data[i];
      pass.output.data[i] = x * x * w;
    }
    if (fault_ == Fault::beyond_the_end) pass.output.data[count] = 0;
  }

  void backward(const ops::BackwardPass<Cpu>& pass) const override {
    const float w = weight_.value().data()[0], factor = fault_ == Fault::gradient ? 1.99f : 2.0f;
    const Index count = pass.gradient.size() - (fault_ == Fault::unwritten_gradient ? 1 : 0);
    float sum = 0;
    for (Index i = 0; i < count; ++i) {
      const float x = pass.inputs[0].data[i], dy = pass.gradient.data[i];
      if (pass.input_gradients[0]) pass.input_gradients[0].data[i] = factor * x * w * dy;
      sum += x * x * dy;
    }
    if (pass.weight_gradients[0]) pass.weight_gradients[0].data[0] = fault_ == Fault::weight ? -sum : sum;
  }

 private:
  Fault fault_;
  Weight<Cpu> weight_;
};

void check(Fault fault) { test::check_op(Square(fault), {test::random_tensor({3, 4})}); }

}  // namespace

TEST_CASE("a right op passes the harness") { check(Fault::none); }
TEST_CASE("a gradient that is half a percent off is found", "[!shouldfail]") { check(Fault::gradient); }
TEST_CASE("a wrong gradient of a weight is found", "[!shouldfail]") { check(Fault::weight); }
TEST_CASE("an output that is not written whole is found", "[!shouldfail]") { check(Fault::unwritten_output); }
TEST_CASE("a gradient that is not written whole is found", "[!shouldfail]") {
  check(Fault::unwritten_gradient);
}
TEST_CASE("writing beyond the output is found", "[!shouldfail]") { check(Fault::beyond_the_end); }
TEST_CASE("an op that cannot work in place is found", "[!shouldfail]") { check(Fault::in_place); }

}  // namespace test_op_harness
