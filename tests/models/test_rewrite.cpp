// The fusion rules: each finds what it is for and leaves the rest, and no number changes beyond rounding.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tests/models/plan_outcome.hpp"

namespace test_rewrite {

using namespace tanuki;
using namespace tanuki::test;

namespace {

using Steps = std::vector<std::string>;

/// All rules but this one.
FusionRules without(bool FusionRules::*rule) {
  FusionRules rules;
  rules.*rule = false;
  return rules;
}

Model<> xception_block() {
  const auto in = Input({9, 9, 40});
  auto x = in;
  for (const char* k : {"1", "2"}) {
    x = Activation("relu")(x);
    x = SeparableConv2D({.filters = 40, .kernel_size = 3, .padding = "same", .use_bias = false, .name = k})(
        x);
    x = BatchNormalization()(x);
  }
  return Model(in, Add()({x, in}));
}

}  // namespace

TEST_CASE("a block of Xception becomes one op a separable convolution") {
  const auto model = xception_block();
  const auto [inference, training] = check(spread(model));
  CHECK(inference == Steps{"relu + depthwise 3x3 + conv2d 1x1 + batch_normalization + relu",
                           "depthwise 3x3 + conv2d 1x1 + batch_normalization + add"});
  // The first ReLU lies below the frontier.
  CHECK(training == Steps{"activation", "depthwise 3x3 + conv2d 1x1 + batch_normalization",
                          "relu + depthwise 3x3 + conv2d 1x1 + batch_normalization", "add"});
}

TEST_CASE("the sum takes in the convolution whichever of its inputs that makes") {
  const auto in = Input({5, 5, 4});
  const auto conv = Conv2D({.filters = 4, .kernel_size = 3, .padding = "same"})(in);
  CHECK(check(spread(Model(in, Add()({in, conv})))).first == Steps{"conv2d 3x3 + bias + add"});
  CHECK(check(spread(Model(in, Add()({conv, in})))).first == Steps{"conv2d 3x3 + bias + add"});
  CHECK(check(spread(Model(in, Add()({conv, conv})))).first == Steps{"conv2d 3x3 + bias", "add"});
}

TEST_CASE("a plan that was fused for inference is refused for training") {
  const auto model = xception_block();
  const auto graph = model.inference_plan().graph();
  CHECK_THROWS_WITH(Plan<Cpu>(graph, {graph.steps().back().output}, model.trainable_weights()),
                    Catch::Contains("[fused_conv2d] has no gradient"));
}

TEST_CASE("each rule can be switched off, and then leaves what it was for") {
  const auto model = xception_block();
  spread(model);
  const auto count = [](const Steps& steps, std::string_view what) {
    return std::count_if(steps.begin(), steps.end(), [&](const auto& s) { return s == what; });
  };
  const auto steps = [&](bool FusionRules::*rule) { return check(model, without(rule)).first; };
  CHECK(count(steps(&FusionRules::convolution), "conv2d") == 2);
  CHECK(count(steps(&FusionRules::batch_norm), "batch_normalization") == 2);
  CHECK(count(steps(&FusionRules::shortcut), "add") == 1);
  CHECK(count(steps(&FusionRules::separable), "depthwise_conv2d") == 2);
  CHECK(count(steps(&FusionRules::relu_after), "activation") == 0);
  CHECK(steps(&FusionRules::relu_after)[1].starts_with("relu + depthwise"));
  CHECK(count(steps(&FusionRules::relu_before), "activation") == 1);

  const auto in = Input({4});
  const Model dense(in, Dense({.units = 3, .activation = "relu"})(in));
  CHECK(check(spread(dense)).first == Steps{"matmul + bias + relu"});
  CHECK(check(dense, without(&FusionRules::bias)).first == Steps{"matmul", "bias_add", "activation"});
}

TEST_CASE("a ReLU6 goes into the convolution before it, not into the one after it") {
  const auto in = Input({12, 12, 20});
  auto x = Conv2D({.filters = 70, .kernel_size = 3, .use_bias = false})(in);
  x = ReLU({.max_value = 6})(BatchNormalization()(x));
  x = Conv2D({.filters = 9, .kernel_size = 3})(x);
  x = DepthwiseConv2D({.kernel_size = 3})(Activation("relu6")(x));
  const Model model(in, Conv2D({.filters = 40, .kernel_size = 1})(ReLU({.max_value = 6})(x)));
  const auto [inference, training] = check(spread(model));
  CHECK(inference == Steps{"conv2d 3x3 + batch_normalization + relu6", "conv2d 3x3 + bias + relu6",
                           "depthwise_conv2d", "bias_add", "activation", "conv2d 1x1 + bias"});
  CHECK(std::count(training.begin(), training.end(), "activation") == 3);
}

TEST_CASE("a convolution with bias and normalisation, strided and k x k, after a ReLU") {
  const auto in = Input({10, 11, 5});
  auto x = Conv2D({.filters = 33, .kernel_size = 3, .strides = 2, .padding = "same"})(in);
  x = BatchNormalization()(x);
  x = Activation("relu")(x);
  x = Conv2D({.filters = 7, .kernel_size = 1, .strides = 2})(x);
  x = BatchNormalization({.center = false, .scale = false})(x);
  x = Activation("relu")(x);
  x = Conv2D({.filters = 6, .kernel_size = 1})(x);
  const Model model(in, x);
  const auto [inference, training] = check(spread(model));
  CHECK(inference == Steps{"conv2d 3x3 strides (2, 2) + bias + batch_normalization + relu",
                           "conv2d 1x1 strides (2, 2) + bias + batch_normalization + relu",
                           "conv2d 1x1 + bias"});
  CHECK(training.size() == 3);
}

TEST_CASE("depthwise multipliers and strides go into the product too") {
  const auto in = Input({11, 9, 3});
  auto x = SeparableConv2D(
      {.filters = 5, .kernel_size = 3, .strides = 2, .padding = "same", .depth_multiplier = 2})(in);
  x = Activation("relu")(x);
  x = SeparableConv2D({.filters = 4, .kernel_size = {2, 3}, .padding = "valid"})(x);
  const Model model(in, x);
  CHECK(check(spread(model)).first.size() == 2);
}

TEST_CASE("what is read twice, or given out, is not swallowed") {
  const auto in = Input({5, 5, 4});
  const auto conv = Conv2D({.filters = 4, .kernel_size = 3, .padding = "same", .use_bias = false})(in);
  const auto normal = BatchNormalization()(conv);
  const auto relu = Activation("relu")(normal);
  const auto sum = Add()({conv, relu});
  const Model model(in, Add()({sum, relu}));
  const auto [inference, training] = check(spread(model));
  CHECK(inference == Steps{"conv2d 3x3", "batch_normalization", "activation", "add", "add"});

  const Model ends_early(in, normal);
  CHECK(check(ends_early).first == Steps{"conv2d 3x3 + batch_normalization"});
  const Model gives_both({in}, {relu, normal});
  std::vector<int> outputs;
  auto graph = gives_both.graph(false, outputs);
  const Plan<Cpu> plan(std::move(graph), outputs);
  CHECK(plan.schedule().forward().size() == 2);
}

TEST_CASE("a weight in two places is packed once and trained by both") {
  const auto in = Input({6, 6, 8});
  const Conv2D shared({.filters = 8, .kernel_size = 3, .padding = "same", .activation = "relu"});
  const Model model(in, shared(shared(in)));
  check(spread(model));
}

TEST_CASE("a batch normalisation in batch mode, and one without a convolution, stay as they are") {
  const auto in = Input({4, 4, 6});
  auto x = BatchNormalization()(in);
  x = Conv2D({.filters = 6, .kernel_size = 1})(x);
  x = BatchNormalization()(x, {.training = true});
  const Model model(in, x);
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  const Plan<Cpu> plan(std::move(graph), outputs, model.trainable_weights());
  std::vector<std::string> steps;
  for (const auto& run : plan.schedule().forward())
    steps.push_back(plan.graph().steps()[run.step].op->describe());
  CHECK(steps == Steps{"batch_normalization", "conv2d 1x1 + bias", "batch_normalization"});
}

TEST_CASE("nothing is fused across the frontier") {
  const auto in = Input({5, 5, 4});
  auto x = Conv2D({.filters = 4, .kernel_size = 1, .use_bias = false})(in);
  const BatchNormalization norm;
  x = norm(x);
  x = Activation("relu")(x);
  const Model frozen(in, x);
  spread(frozen);
  frozen.layers()[1]->layer->trainable(false);
  const auto [inference, training] = check(frozen);
  CHECK(inference == Steps{"conv2d 1x1 + batch_normalization + relu"});
  CHECK(training == Steps{"conv2d 1x1", "batch_normalization", "activation"});
}

TEST_CASE("a weight that is written anew is packed anew") {
  const auto in = Input({3});
  const Model model(in, Dense({.units = 2, .use_bias = false})(in));
  const Tensor<> x({1, 3}, {1, 2, 3});
  const auto kernel = model.weights()[0];
  kernel.assign(Tensor<>({3, 2}, {1, 0, 0, 1, 0, 0}));
  CHECK(model.predict(x).to_vector() == std::vector<float>{1, 2});
  kernel.edit().data()[0] = 5;
  CHECK(model.predict(x).to_vector() == std::vector<float>{5, 2});

  const auto image = Input({1, 1, 1});
  const BatchNormalization norm({.epsilon = 0, .scale = false});
  const Model folded(image, norm(Conv2D({.filters = 1, .kernel_size = 1, .use_bias = false})(image)));
  folded.weights()[0].assign(Tensor<>({1, 1, 1, 1}, {1}));
  const Tensor<> one({1, 1, 1, 1}, {1});
  CHECK(folded.predict(one).to_vector() == std::vector<float>{1});
  norm.weights()[0].edit().data()[0] = 3;  // beta
  CHECK(folded.predict(one).to_vector() == std::vector<float>{4});
}

TEST_CASE("under mixed_bfloat16 products round their factors, forward and backward, and nothing else") {
  const auto in =
      Input({9, 9, 40});  // no ReLU: where one sits near zero, a rounded factor moves its gradient much
  auto x = SeparableConv2D({.filters = 40, .kernel_size = 3, .padding = "same", .use_bias = false})(in);
  x = BatchNormalization()(x);
  x = Conv2D({.filters = 20, .kernel_size = 3, .strides = 2})(x);
  const Model model(in, Dense({.units = 3})(GlobalAveragePooling2D()(x)));
  spread(model);
  PlanOptions options;
  const auto exact = run(model, options, true);
  options.dtype_policy = DtypePolicy::mixed_bfloat16;
  const auto given = run(model, options, true);
  CHECK(given.steps[0] == "depthwise 3x3 + conv2d 1x1 + batch_normalization, bfloat16");
  CHECK(given.steps[2] == "global_average_pool2d");
  // A factor is rounded by up to 2^-9, a sum of 40 products by less than that of its terms.
  CHECK(difference(given.output, exact.output) > 1e-5);
  CHECK(difference(given.output, exact.output) < 8e-3);
  REQUIRE(given.gradients.size() == exact.gradients.size());
  for (std::size_t i = 0; i < given.gradients.size(); ++i) {
    INFO("gradient " << i);
    CHECK(difference(given.gradients[i], exact.gradients[i]) < 3e-2);
  }
  CHECK(run(model, options, true).gradients == given.gradients);
}

TEST_CASE("the session's dtype policy is that of the layers made after it, for good") {
  const Tensor<> x({1, 3}, {1.001f, 0, 0}), ones({3, 1}, {1, 1, 1});
  const auto net = [&](const Dense<>& layer) {
    const auto in = Input({3});
    const Model model(in, layer(in));
    model.weights()[0].assign(ones);
    return model;
  };
  const Model exact = net(Dense({.units = 1, .use_bias = false}));
  set_dtype_policy("mixed_bfloat16");
  const Model rounded = net(Dense({.units = 1, .use_bias = false}));
  const Dense head({.units = 1, .use_bias = false});
  head.dtype_policy(DtypePolicy::float32);
  const Model kept = net(head);
  CHECK(exact.predict(x).to_vector() == std::vector<float>{1.001f});
  set_dtype_policy("float32");
  CHECK(rounded.predict(x).to_vector() == std::vector<float>{1});
  CHECK(kept.predict(x).to_vector() == std::vector<float>{1.001f});
  CHECK_THROWS_WITH(set_dtype_policy("float16"),
                    "[set_dtype_policy] 'float16' is not known, expected float32 or mixed_bfloat16");
}

TEST_CASE("layers of two dtype policies train in one model") {
  const auto in = Input({3});
  const Dense hidden({.units = 3}), head({.units = 1});
  hidden.dtype_policy(DtypePolicy::mixed_bfloat16);
  const Model model(in, head(hidden(in)));
  model.compile({.optimizer = SGD({.learning_rate = 0.1}), .loss = MeanSquaredError()});
  const std::string steps = model.trainer().plan().describe(1, 1);
  CHECK(steps.find(hidden.name() + "  matmul + bias, bfloat16 ->") != steps.npos);
  CHECK(steps.find(head.name() + "  matmul + bias ->") != steps.npos);
}

TEST_CASE("zeros around an image go into the convolution, forward and backward") {
  const auto in = Input({7, 8, 5});
  auto x = Conv2D({.filters = 6, .kernel_size = 1, .use_bias = false})(in);
  x = Activation("relu")(x);
  x = ZeroPadding2D({.padding = {{0, 1}, {2, 1}}})(x);
  x = Conv2D({.filters = 8, .kernel_size = 3, .strides = 2})(x);
  const Model model(in, x);
  const auto [inference, training] = check(spread(model));
  CHECK(inference == Steps{"conv2d 1x1 + relu", "conv2d 3x3 strides (2, 2) zeros ((0, 1), (2, 1)) + bias"});
  CHECK(training == Steps{"conv2d 1x1", "relu + conv2d 3x3 strides (2, 2) zeros ((0, 1), (2, 1)) + bias"});
  const auto left = check(model, without(&FusionRules::padding)).first;
  CHECK(std::count(left.begin(), left.end(), "pad2d") == 1);
}

TEST_CASE("zeros around an image go into the depthwise convolution of MobileNet's blocks") {
  const auto in = Input({8, 8, 6});
  auto x = Conv2D({.filters = 6, .kernel_size = 1, .use_bias = false})(in);
  x = ZeroPadding2D({.padding = {{0, 1}, {0, 1}}})(x);
  auto y = DepthwiseConv2D({.kernel_size = 3, .strides = 2, .use_bias = false})(x);
  const Model alone(in, y);
  CHECK(check(spread(alone)).first == Steps{"conv2d 1x1", "depthwise_conv2d"});
  y = Conv2D({.filters = 4, .kernel_size = 1, .use_bias = false})(y);
  const auto [inference, training] = check(spread(Model(in, y)));
  for (const auto& steps : {inference, training}) {
    CAPTURE(steps);
    REQUIRE(steps.size() == 2);
    CHECK(steps[1].starts_with("depthwise 3x3 strides (2, 2) zeros ((0, 1), (0, 1)) + "));
  }
}

TEST_CASE("padding that is read twice, or no convolution reads, stays") {
  const auto in = Input({6, 6, 3});
  const auto padded = ZeroPadding2D()(Conv2D({.filters = 3, .kernel_size = 1})(in));
  const auto x = Conv2D({.filters = 3, .kernel_size = 3, .padding = "same"})(padded);
  CHECK(check(spread(Model(in, Add()({x, padded})))).second.at(1) == "pad2d");
  CHECK(check(spread(Model(in, MaxPooling2D({.pool_size = 3, .strides = 2})(padded)))).second.at(1) ==
        "pad2d");
  const Dense over_pixels({.units = 4});
  CHECK(check(spread(Model(in, over_pixels(padded)))).second.at(1) == "pad2d");
}

TEST_CASE("convolutions in groups and dilated depthwise ones are left to themselves") {
  const auto in = Input({9, 9, 8});
  const auto after = [&](const SymbolicTensor<>& x) {
    auto [inference, training] = check(spread(Model(in, Conv2D({.filters = 5, .kernel_size = 1})(x))));
    CHECK(inference.back() == training.back());
    return inference;
  };
  const std::string last = "conv2d 1x1 + bias";
  CHECK(after(Conv2D({.filters = 8, .kernel_size = 3, .groups = 2, .use_bias = false})(in)) ==
        Steps{"grouped_conv2d", last});
  CHECK(after(Conv2D({.filters = 16, .kernel_size = 3, .groups = 8, .use_bias = false})(in)) ==
        Steps{"depthwise_conv2d", last});
  CHECK(after(DepthwiseConv2D({.kernel_size = 3, .dilation_rate = 2, .use_bias = false})(in)) ==
        Steps{"depthwise_conv2d", last});
  // A dilated full convolution is a product like any other.
  CHECK(after(Conv2D({.filters = 8, .kernel_size = 3, .dilation_rate = 2})(in)) ==
        Steps{"conv2d 3x3 dilation (2, 2) + bias", last});
}

TEST_CASE("a convolution over a sequence is fused as one over an image") {
  const auto in = Input({9, 8});
  const auto x = Conv1D({.filters = 6, .kernel_size = 3, .padding = "causal", .activation = "relu"})(in);
  const auto [inference, training] = check(spread(Model(in, x)));
  CHECK(inference.at(1) == "conv2d 1x3 zeros ((0, 0), (2, 0)) + bias + relu");
  const auto y = SeparableConv1D({.filters = 6, .kernel_size = 3, .padding = "same"})(in);
  check(spread(Model(in, y)));
}

}  // namespace test_rewrite
