// Depth first: where the forward steps are cut, and that the cut changes no bit.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_segments {

using namespace tanuki;

namespace {

/// Steps of so many floats an image; 0: one that takes the whole batch.
std::vector<StepSize> steps(std::initializer_list<Index> floats) {
  std::vector<StepSize> sizes;
  for (Index f : floats) sizes.push_back({f, f > 0});
  return sizes;
}

/// Large maps, then small ones, a branch over the cut, a pooling, and a step that mixes the batch.
Model<> narrowing() {
  const auto in = Input({64, 64, 3});
  auto x = Conv2D({.filters = 64, .kernel_size = 3, .padding = "same", .activation = "relu"})(in);
  const auto shortcut = Conv2D({.filters = 40, .kernel_size = 1, .strides = 8, .padding = "same"})(x);
  x = MaxPooling2D({.pool_size = 8, .strides = 8})(x);
  x = SeparableConv2D({.filters = 40, .kernel_size = 3, .padding = "same"})(x);
  x = Add()({x, shortcut});
  x = BatchNormalization()(x);
  x = Activation("relu")(x);
  return Model(in, Dense({.units = 5})(GlobalAveragePooling2D()(x)));
}

struct Numbers {
  std::vector<float> output;
  std::vector<std::vector<float>> gradients;
  friend bool operator==(const Numbers&, const Numbers&) = default;
};

Numbers run(const Model<>& model, Index batch, bool training, bool depth_first, int threads) {
  std::vector<int> outputs;
  auto graph = model.graph(training, outputs);
  Plan<Cpu> plan(std::move(graph), outputs, model.trainable_weights(), {.depth_first = depth_first});
  Tensor<> x(model.inputs()[0].shape().with_batch(batch));
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random{1, 2}.normal(std::uint64_t(i));
  const ConstTensorView<Cpu> input = x.view();
  Context<Cpu> context(threads);
  Numbers numbers;
  for (int repeat = 0; repeat < 2; ++repeat) {  // the second time in memory that has been used
    const auto y = plan.forward(context, std::span(&input, 1))[0];
    numbers.output.assign(y.data, y.data + y.size());
    std::fill_n(plan.output_gradient(0).data, y.size(), 1.0f);
  }
  plan.backward(context);
  for (const auto& g : plan.weight_gradients()) numbers.gradients.emplace_back(g.data, g.data + g.size());
  return numbers;
}

}  // namespace

TEST_CASE(
    "a segment takes as many images as fit the cache, and ends where a step takes many more or far fewer") {
  using Segments = std::vector<Segment>;
  CHECK(find_segments(steps({}), 1000).empty());
  CHECK(find_segments(steps({900, 2000, 600, 100, 60, 10}), 1000) == Segments{{0, 3, 1}, {3, 6, 10}});
  CHECK(find_segments(steps({900, 2000, 100, 90}), 1000) == Segments{{0, 2, 1}, {2, 4, 10}});
  CHECK(find_segments(steps({65, 125, 250, 500}), 1000) == Segments{{0, 3, 4}, {3, 4, 2}});
  CHECK(find_segments(steps({250, 1000, 500, 250}), 1000) == Segments{{0, 3, 1}, {3, 4, 4}});
  CHECK(find_segments(steps({100, 0, 0, 100}), 1000) == Segments{{0, 1, 10}, {1, 3, 0}, {3, 4, 10}});
}

TEST_CASE("groups of images, threads and the cut change no bit, forward or backward") {
  const auto model = narrowing();
  for (bool training : {false, true}) {
    for (Index batch : {1, 2, 7, 40}) {
      INFO("batch " << batch << (training ? ", training" : ""));
      const Numbers expected = run(model, batch, training, false, 1);
      CHECK(run(model, batch, training, true, 1) == expected);
      CHECK(run(model, batch, training, true, 2) == expected);
      CHECK(run(model, batch, training, true, 5) == expected);
    }
  }
}

TEST_CASE("inference on a batch needs little more memory than on the images under way") {
  const auto model = narrowing();
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs), same = graph;
  const Plan<Cpu> deep(std::move(graph), outputs), wide(std::move(same), outputs, {}, {.depth_first = false});
  CHECK(deep.memory_needed(64, 2) < wide.memory_needed(64, 2) / 4);
}

TEST_CASE("a plan that found no room serves a smaller batch") {
  const auto model = narrowing();
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  Plan<Cpu> plan(std::move(graph), outputs, model.trainable_weights());
  Context<Cpu> context(2);
  const Tensor<> x({2, 64, 64, 3});
  // So many images that no address space holds their activations; the plan fails before it reads them.
  const ConstTensorView<Cpu> huge{x.data(), Shape{Index{1} << 40, 64, 64, 3}}, small = x.view();
  CHECK_THROWS_WITH(plan.forward(context, std::span(&huge, 1)), Catch::Contains("no room"));
  CHECK(plan.forward(context, std::span(&small, 1))[0].shape == Shape{2, 5});
}

TEST_CASE("a smaller batch that has more images under way than a larger one keeps within its memory") {
  const auto in = Input({1, 1, 1 << 17});  // 5 images fill the cache that find_segments reckons with
  auto x = Activation("relu")(in);
  for (int i = 0; i < 3; ++i) x = Add()({x, in});
  const Model model(in, x);
  const auto images = [](Index batch) {
    Tensor<> given({batch, 1, 1, 1 << 17});
    for (Index i = 0; i < given.size(); ++i) given.data()[i] = float(i % 97) - 40;
    return given;
  };
  const int threads = default_context<Cpu>().threads();
  default_context<Cpu>().threads(2);
  for (Index batch : {32, 10, 9, 3, 32}) {
    const auto given = images(batch);
    const auto output = model.predict(given, {.batch_size = 32}).to_vector();
    bool same = true;
    for (Index i = 0; i < given.size(); ++i) {
      const float value = given.data()[i];
      same &= output[std::size_t(i)] == std::max(value, 0.0f) + value + value + value;
    }
    CHECK(same);
  }
  default_context<Cpu>().threads(threads);
}

}  // namespace test_segments
