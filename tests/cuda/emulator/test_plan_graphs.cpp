// How many graphs the plans of a model make and launch.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/host_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_plan_graphs {

using test::HostDevice;
using Counts = std::vector<Index>;

/// Graphs made, updated and launched by `run`.
template <class Run>
Counts graphs_of(const Run& run) {
  const auto before = HostDevice::instance().graphs();
  run();
  const auto& now = HostDevice::instance().graphs();
  return {now.made - before.made, now.updated - before.updated, now.launched - before.launched};
}

Tensor<Cpu> numbers(const Shape& shape, std::uint64_t label, float low = -1, float high = 1) {
  return {shape, test::numbers(shape.elements(), label, low, high)};
}

Model<Cuda> network(float rate, bool rotated = false) {
  clear_session();
  set_random_seed(3);
  const auto inputs = Input<Cuda>({6, 5, 3});
  auto x = Rescaling<Cuda>({.scale = 0.5})(inputs);
  if (rotated) x = RandomRotation<Cuda>({.factor = 0.1})(x);
  x = SeparableConv2D<Cuda>({.filters = 4, .kernel_size = 3, .padding = "same", .use_bias = false})(x);
  x = BatchNormalization<Cuda>()(x);
  x = Activation<Cuda>("tanh")(x);
  if (rate > 0) x = Dropout<Cuda>({.rate = rate})(x);
  x = Conv2D<Cuda>({.filters = 5, .kernel_size = 3})(x);
  x = GlobalAveragePooling2D<Cuda>()(x);
  const Model<Cuda> model(inputs, Dense<Cuda>({.units = 1})(x));
  model.compile({.optimizer = SGD({.learning_rate = 0.01}), .loss = MeanSquaredError()});
  return model;
}

const Tensor<Cpu> x = numbers({4, 6, 5, 3}, 1), y = numbers({4, 1}, 2, 0, 1);

/// Batches of the same memory: from elsewhere, which a run of a model's may find them, they are other arguments.
struct Batches {
  Model<Cuda> model = network(0);
  Plan<Cuda>& plan = model.inference_plan();
  Tensor<Cuda> there{x.shape(), x.to_vector()};

  void run(Index size, int times) {
    const ConstTensorView<Cuda> views[] = {{there.data(), x.shape().without_batch().with_batch(size)}};
    for (int i = 0; i < times; ++i) plan.forward(default_context<Cuda>(), views);
  }
};

TEST_CASE("each size of a batch becomes a graph at its third run, which is made once") {
  Batches batches;
  CHECK(graphs_of([&] { batches.run(4, 2); }) == Counts{0, 0, 0});
  CHECK(graphs_of([&] { batches.run(4, 5); }) == Counts{1, 0, 5});
  CHECK(graphs_of([&] { batches.run(2, 5); }) == Counts{1, 0, 3});
  CHECK(graphs_of([&] { batches.run(4, 2); }) == Counts{0, 0, 2});
}

TEST_CASE("a batch that lies elsewhere is the same graph's") {
  Batches batches;
  batches.run(4, 3);
  const auto there = std::exchange(batches.there, Tensor<Cuda>(x.shape(), x.to_vector()));
  CHECK(graphs_of([&] { batches.run(4, 3); }) == Counts{0, 0, 3});
}

TEST_CASE("a net that begins with a product is graphs, though batches lie in two places in turn") {
  clear_session();
  const auto in = Input<Cuda>({5});
  auto out = in;
  for (int i = 0; i < 3; ++i) out = Dense<Cuda>({.units = 4, .activation = "tanh"})(out);
  const Model<Cuda> model(in, out);
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const auto many = numbers({24, 5}, 1), labels = numbers({24, 4}, 2);
  // The graph of the losses is told each time where the labels are.
  CHECK(graphs_of([&] { model.fit(many, labels, {.verbose = false, .batch_size = 2}); }) == Counts{2, 9, 20});
  CHECK(graphs_of([&] { model.predict(many, {.batch_size = 2}); }) == Counts{1, 0, 10});
}

TEST_CASE("graphs of a few sizes are kept") {
  Batches batches;
  batches.run(4, 3);
  for (Index size = 5; size < 12; ++size) {
    batches.there = Tensor<Cuda>(Shape{size, 6, 5, 3});
    batches.run(size, 1);
  }
  batches.there = Tensor<Cuda>(x.shape(), x.to_vector());
  batches.run(4, 3);
  CHECK(graphs_of([&] { batches.run(4, 1); }) == Counts{0, 0, 1});
  batches.run(3, 1);  // the ninth
  CHECK(graphs_of([&] { batches.run(4, 3); }) == Counts{1, 0, 1});
}

/// Made and launched, in four steps after the first two.
Counts steps(const Model<Cuda>& model) {
  CHECK(graphs_of([&] { model.train_on_batch(x, y), model.train_on_batch(x, y); }) == Counts{0, 0, 0});
  auto counts = graphs_of([&] {
    for (int i = 0; i < 4; ++i) model.train_on_batch(x, y);
  });
  counts.erase(counts.begin() + 1);
  return counts;
}

TEST_CASE(
    "a training step is a graph forward and one of losses and backward, also with other random numbers each "
    "time") {
  CHECK(steps(network(0)) == Counts{2, 8});
  CHECK(steps(network(0.3f)) == Counts{2, 8});
}

TEST_CASE("the matrices of rotations come from the host before the graph of a step") {
  CHECK(steps(network(0, true)) == Counts{2, 8});
}

TEST_CASE("steps that are measured are no graphs") {
  Batches batches;
  int measured = 0;
  batches.plan.observe([&](const auto&, bool, double, int) { ++measured; });
  CHECK(graphs_of([&] { batches.run(4, 5); }) == Counts{0, 0, 0});
  CHECK(measured > 0);
}

}  // namespace tanuki::test_plan_graphs
