// Convolutions whose products go by other algorithms than the definition, in a plan: large 1x1 kernels over many positions by
// Strassen's, 3x3 windows over many channels by Winograd's.

#include "tests/models/plan_outcome.hpp"

namespace test_large_products {

using namespace tanuki;
using namespace tanuki::test;

namespace {

constexpr Index height = 19, width = 9;  // an odd number of positions, in two strips on the way back

/// Pointwise, separable, strided; a shortcut.
Model<> model() {
  const auto in = Input({height, width, 8});
  auto x = Conv2D({.filters = 256, .kernel_size = 1, .activation = "relu", .name = "first"})(in);
  x = SeparableConv2D(
      {.filters = 288, .kernel_size = 3, .padding = "same", .use_bias = false, .name = "separable"})(x);
  const auto shortcut = BatchNormalization()(x);
  x = Activation("relu")(shortcut);
  x = Conv2D({.filters = 288, .kernel_size = 1})(x);
  x = Add()({BatchNormalization()(x), shortcut});
  x = ZeroPadding2D({.padding = 1})(x);
  return Model(in, Conv2D({.filters = 256, .kernel_size = 1, .strides = 2, .activation = "relu"})(x));
}

}  // namespace

TEST_CASE("large products in a plan: forward and backward agree with the plain ones") {
  const auto tested = model();
  const auto [inference, training] = check(spread(tested));
  const auto count = [](const std::vector<std::string>& steps, const char* end = ", strassen") {
    return std::count_if(steps.begin(), steps.end(),
                         [&](const std::string& step) { return step.ends_with(end); });
  };
  CHECK(count(inference) == 3);
  CHECK(count(training) == 0);
  CHECK(count(training, ", strassen backward") == 2);
  for (const char* name : {"first", "separable"})
    tested.get_layer(name).trainable(false);  // below the frontier
  const auto above = run(tested, {}, true).steps;
  CHECK(count(above) == 1);
  CHECK(count(above, ", strassen backward") == 1);
  for (const auto& steps :
       {check(tested, {.strassen = false}).first, check(tested, {.strassen = false}).second}) {
    CHECK(count(steps) == 0);
    CHECK(count(steps, ", strassen backward") == 0);
  }
}

TEST_CASE("large products in a plan: a kernel that the sums would drown goes the plain way, there and back") {
  const auto tested = model();
  spread(tested);
  PlanOptions options;
  std::vector<int> outputs;
  auto graph = tested.graph(false, outputs);
  Plan<Cpu> kept(std::move(graph), outputs, {}, options);
  const auto x = random_tensor(tested.inputs()[0].shape().with_batch(3), 1);
  for (const float size : {1.0f, 1e-4f, 1.0f}) {  // of the first rows; the same plan, its weight edited
    const auto weight = tested.get_layer("separable").weights()[1];
    for (Index i = 0; i < 40 * weight.shape().back(); ++i) weight.edit().data()[i] *= size == 1 ? 1e4f : size;
    check(tested);
    const auto input = x.view();
    const auto y = kept.forward(default_context<Cpu>(), std::span(&input, 1))[0];
    const auto plain = run(tested, {.fusion = FusionRules::none(), .depth_first = false}, false);
    CHECK(difference({y.data, y.data + y.size()}, plain.output) < 2e-6);
  }
}

/// Windows of 3x3, padded and not, before and behind a ReLU and a normalisation.
Model<> windows() {
  const auto in = Input({9, 6, 5});
  auto x = Conv2D({.filters = 48, .kernel_size = 3, .padding = "same", .activation = "relu"})(in);
  x = Conv2D({.filters = 64, .kernel_size = 3, .padding = "same", .use_bias = false})(x);
  const auto shortcut = BatchNormalization()(x);
  x = Activation("relu")(shortcut);
  x = Conv2D({.filters = 64, .kernel_size = 3, .padding = "same"})(x);
  x = Add()({BatchNormalization()(x), shortcut});
  x = ZeroPadding2D({.padding = 2})(x);
  return Model(in, Conv2D({.filters = 70, .kernel_size = 3, .activation = "relu"})(x));
}

TEST_CASE("3x3 windows over many channels in a plan: forward and backward agree with the plain ones") {
  const auto tested = windows();
  check(spread(tested));
  Context<Cpu> one(1), three(3);
  const Outcome expected = run(tested, {}, true, 5, one), shared = run(tested, {}, true, 5, three);
  CHECK(shared.output == expected.output);
  CHECK(shared.gradients == expected.gradients);
}

TEST_CASE("large products in a plan: neither threads nor the images beside it change a bit") {
  const auto tested = model();
  spread(tested);
  Context<Cpu> one(1), two(2), five(5);
  const Outcome expected = run(tested, {}, true, 3, one);
  for (Context<Cpu>* context : {&two, &five}) {
    const Outcome outcome = run(tested, {}, true, 3, *context);
    CHECK(outcome.output == expected.output);
    CHECK(outcome.gradients == expected.gradients);
  }
  const Outcome alone = run(tested, {}, false, 1, two);
  REQUIRE(3 * alone.output.size() == expected.output.size());
  const Outcome together = run(tested, {}, false, 3, two);
  CHECK(std::equal(alone.output.begin(), alone.output.end(), together.output.begin()));
}

}  // namespace test_large_products
