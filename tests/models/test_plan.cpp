// The plan: what runs, what is kept, and that shared memory never changes a number.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_plan {

using namespace tanuki;

namespace {

Tensor<> random_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{5, stream}.normal(std::uint64_t(i));
  return tensor;
}

/// Branches, a shared layer, a residual sum, an in-place activation and a view.
Model<> branching() {
  const auto in = Input({6, 6, 4});
  const Conv2D shared({.filters = 4, .kernel_size = 3, .padding = "same", .name = "shared"});
  auto x = shared(in);
  const auto shortcut = x;
  x = Activation("tanh")(x);
  x = shared(x);
  x = Add()({x, shortcut});
  auto left = Activation("sigmoid")(x);
  left = SeparableConv2D({.filters = 3, .kernel_size = 3, .padding = "same"})(left);
  const auto right = AveragePooling2D({.pool_size = 2, .strides = 1, .padding = "same"})(x);
  x = Concatenate()({left, right, x});
  x = BatchNormalization()(x);
  x = Add()({x, x});
  x = Flatten()(x);
  return Model(in, Dense({.units = 2})(x));
}

Plan<Cpu> training_plan(const Model<>& model) {
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  return Plan<Cpu>(std::move(graph), std::move(outputs), model.trainable_weights());
}

/// sum(output * direction), and the gradients of it.
double value(Plan<Cpu>& plan, const Tensor<>& x, const Tensor<>& direction) {
  const auto input = x.view();
  const auto output = plan.forward(default_context<Cpu>(), std::span(&input, 1))[0];
  double sum = 0;
  for (Index i = 0; i < output.size(); ++i) sum += double(output.data[i]) * double(direction.data()[i]);
  return sum;
}

void spread(const std::vector<Weight<>>& weights) {
  std::uint64_t stream = 100;
  for (const auto& weight : weights) {
    const Tensor<> noise = random_tensor(weight.shape(), ++stream);
    for (Index i = 0; i < noise.size(); ++i) {
      weight.edit().data()[i] = (weight.name() == "moving_variance" ? 1.5f : 0.3f * noise.data()[i]);
    }
  }
}

}  // namespace

TEST_CASE("gradients through branches, shared weights, sums and views agree with finite differences") {
  const auto model = branching();
  spread(model.weights());
  auto plan = training_plan(model);
  const auto x = random_tensor({2, 6, 6, 4}, 1), direction = random_tensor({2, 2}, 2);
  value(plan, x, direction);
  std::copy_n(direction.data(), direction.size(), plan.output_gradient(0).data);
  plan.backward(default_context<Cpu>());
  std::vector<std::vector<float>> gradients;
  for (const auto& g : plan.weight_gradients()) gradients.emplace_back(g.data, g.data + g.size());

  REQUIRE(plan.trainable_weights().size() == 9);
  for (std::size_t w = 0; w < gradients.size(); ++w) {
    const auto& weight = plan.trainable_weights()[w];
    double error = 0, norm = 0;
    for (std::size_t i = 0; i < gradients[w].size(); i += 1 + gradients[w].size() / 24) {
      const float kept = weight.value().data()[i], step = 2e-3f;
      weight.edit().data()[i] = kept + step;
      const double up = value(plan, x, direction);
      weight.edit().data()[i] = kept - step;
      const double down = value(plan, x, direction);
      weight.edit().data()[i] = kept;
      const double numeric = (up - down) / (2 * double(step));
      error += std::pow(numeric - double(gradients[w][i]), 2);
      norm += numeric * numeric;
    }
    INFO("weight " << w << " " << weight.name() << " " << weight.shape());
    CHECK(std::sqrt(error) <= 2e-3 * std::sqrt(norm));
    CHECK(norm > 0);
  }
}

TEST_CASE(
    "planned memory changes no number: one image at a time, a batch, and a smaller batch after a larger "
    "one") {
  const auto model = branching();
  spread(model.weights());
  const auto x = random_tensor({5, 6, 6, 4}, 3);
  const auto whole = model.predict(x, {.batch_size = 5}).to_vector();
  CHECK(model.predict(x, {.batch_size = 1}).to_vector() == whole);
  CHECK(model.predict(x, {.batch_size = 3}).to_vector() == whole);
  const int threads = default_context<Cpu>().threads();
  default_context<Cpu>().threads(3);
  CHECK(model.predict(x, {.batch_size = 5}).to_vector() == whole);
  default_context<Cpu>().threads(threads);
}

TEST_CASE("gradients that meet in sums agree with finite differences, in any graph") {
  for (std::uint64_t graph = 0; graph < 60; ++graph) {
    const Random random = Random{11, 0}.fork(graph);
    std::uint64_t draw = 0;
    const auto below = [&](std::size_t n) { return std::size_t(random.word(draw++) % n); };
    const auto in = Input({3});
    std::vector<SymbolicTensor<>> tensors{Dense({.units = 3})(in), Dense({.units = 3})(in)};
    if (graph == 0) {  // a skip that is added twice
      tensors.push_back(Add()({Add()({tensors[0], tensors[1]}), tensors[0]}));
      tensors.push_back(Add()({tensors[0], tensors[0], tensors[1]}));
    }
    for (int i = 0; i < 6; ++i) {
      std::vector<SymbolicTensor<>> inputs;
      for (std::size_t n = 2 + below(2); n > 0; --n) inputs.push_back(tensors[below(tensors.size())]);
      const auto sum = Add()(inputs);
      const std::size_t kind = below(3);
      tensors.push_back(kind == 0 ? sum : kind == 1 ? Activation("tanh")(sum) : Dense({.units = 3})(sum));
    }
    const auto ends =
        Concatenate()({tensors.back(), tensors[below(tensors.size())], tensors[tensors.size() - 2]});
    const Model model(in, Dense({.units = 1})(ends));
    auto plan = training_plan(model);
    const auto x = random_tensor({2, 3}, 1), direction = random_tensor({2, 1}, 2);
    value(plan, x, direction);
    std::copy_n(direction.data(), direction.size(), plan.output_gradient(0).data);
    plan.backward(default_context<Cpu>());
    std::vector<float> gradients;
    for (const auto& g : plan.weight_gradients()) gradients.push_back(g.data[0]);
    for (std::size_t w = 0; w < gradients.size(); ++w) {
      const auto weight = plan.trainable_weights()[w];
      const float kept = weight.value().data()[0], step = 1e-2f;
      weight.edit().data()[0] = kept + step;
      const double up = value(plan, x, direction);
      weight.edit().data()[0] = kept - step;
      const double numeric = (up - value(plan, x, direction)) / (2 * double(step));
      weight.edit().data()[0] = kept;
      INFO("graph " << graph << ", weight " << w << ": " << gradients[w] << " for " << numeric);
      CHECK(std::abs(double(gradients[w]) - numeric) <= 1e-2 * std::max(0.1, std::abs(numeric)));
    }
  }
}

TEST_CASE("max pooling keeps no taps where it has no backward") {
  const auto in = Input({32, 32, 4});
  const Model model(in, MaxPooling2D()(in));
  CHECK(model.inference_plan().memory_needed(1) == 16 * 16 * 4 * Index(sizeof(float)));
}

TEST_CASE("below the first trainable weight nothing is kept and backward stops") {
  const auto in = Input({16, 16, 8});
  auto x = in;
  for (int i = 0; i < 12; ++i) {
    x = Conv2D({.filters = 8, .kernel_size = 3, .padding = "same"})(x);
    x = BatchNormalization()(x);
    x = ReLU()(x);
  }
  const Model base(in, x);
  const auto inputs = Input({16, 16, 8});
  const Model model(inputs, Dense({.units = 1})(GlobalAveragePooling2D()(base(inputs, {.training = false}))));

  const auto all = training_plan(model);
  base.trainable(false);
  const auto head = training_plan(model);
  CHECK(head.schedule().backward().size() == 1);  // the Dense layer, as one op
  CHECK(head.trainable_weights().size() == 2);
  CHECK(all.schedule().backward().size() > 12);
  const double inference = double(model.inference_plan().memory_needed(32));
  CHECK(double(head.memory_needed(32)) <= 1.01 * inference);
  CHECK(double(all.memory_needed(32)) >= 5 * inference);

  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  const Plan<Cpu> plain(std::move(graph), outputs, {}, {.fusion = FusionRules::none(), .depth_first = false});
  // A convolution's input and output; the rest is in place.
  CHECK(double(plain.memory_needed(32)) <= 2.01 * 16 * 16 * 8 * 32 * 4);
}

TEST_CASE("steps that no output needs are not run") {
  const auto in = Input({4});
  const auto used = Dense({.units = 2})(in);
  const auto both = Model<>({in}, {used, Dense({.units = 3})(used)});
  std::vector<int> outputs;
  auto graph = both.graph(false, outputs);
  CHECK(graph.steps().size() == 4);
  const Plan<Cpu> plan(std::move(graph), {outputs[0]});
  CHECK(plan.schedule().forward().size() == 1);
}

TEST_CASE("a model of several outputs gives all of them, and takes a loss for each") {
  const auto in = Input({4});
  const auto x = Dense({.units = 2})(in);
  const auto model = Model<>({in}, {x, ReLU()(x)});
  const auto batch = random_tensor({3, 4}, 1);
  const auto input = batch.view();
  const auto outputs = model.inference_plan().forward(default_context<Cpu>(), std::span(&input, 1));
  REQUIRE(outputs.size() == 2);
  for (Index i = 0; i < 6; ++i) CHECK(outputs[1].data[i] == std::max(outputs[0].data[i], 0.0f));
  CHECK_THROWS_WITH(model.compile({.optimizer = SGD(), .loss = {"mse", "mae", "mse"}}),
                    Catch::Contains("3 losses were given, expected one for each of 2 outputs"));
}

}  // namespace test_plan
