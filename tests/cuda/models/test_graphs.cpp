// Plans that are launched as graphs give the bits that they give without.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/models/every_layer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_graphs {

Tensor<Cpu> numbers(const Shape& shape, std::uint64_t label, float low = -1, float high = 1) {
  return {shape, test::numbers(shape.elements(), label, low, high)};
}

/// What `run` gives with graphs and without.
template <class Run>
void check_same_bits(const Run& run) {
  auto& context = default_context<Cuda>();
  REQUIRE(context.graphs());
  const test::Outcome with = run();
  context.graphs(false);
  const test::Outcome without = run();
  context.graphs(true);
  CHECK(test::same_bits(with, without));
}

void add_weights(const Model<Cuda>& model, test::Outcome& outcome) {
  for (const auto& weight : model.weights()) outcome.push_back(weight.value().to_vector());
}

Model<Cuda> network(bool rotated) {
  clear_session();
  set_random_seed(3);
  const auto inputs = Input<Cuda>({6, 5, 3});
  auto x = RandomFlip<Cuda>()(inputs);
  if (rotated) x = RandomRotation<Cuda>({.factor = 0.1})(x);
  x = SeparableConv2D<Cuda>({.filters = 4, .kernel_size = 3, .padding = "same", .use_bias = false})(x);
  x = BatchNormalization<Cuda>()(x);
  x = ReLU<Cuda>()(x);
  x = Dropout<Cuda>({.rate = 0.3f})(x);
  x = Conv2D<Cuda>({.filters = 5, .kernel_size = 3})(x);
  x = GlobalAveragePooling2D<Cuda>()(x);
  return {inputs, Dense<Cuda>({.units = 1})(x)};
}

TEST_CASE("a fit with dropout, flips, rotations and a smaller last batch is the same with graphs") {
  const auto x = numbers({11, 6, 5, 3}, 1), y = numbers({11, 1}, 2, 0, 1);
  for (const bool rotated : {false, true}) {
    check_same_bits([&] {
      const auto model = network(rotated);
      model.compile({.optimizer = Adam(), .loss = BinaryCrossentropy({.from_logits = true})});
      test::Outcome outcome;
      for (int i = 0; i < 3; ++i) {
        const auto history = model.fit(x, y, {.epochs = 2, .verbose = false, .batch_size = 4});
        for (const double loss : history["loss"]) outcome.push_back({float(loss)});
        outcome.push_back(model.predict(x, {.batch_size = 3}).to_vector());
      }
      add_weights(model, outcome);
      return outcome;
    });
  }
}

TEST_CASE("a frozen base that is folded, and trained later, is the same with graphs") {
  const auto x = numbers({4, 6, 5, 3}, 1), y = numbers({4, 1}, 2, 0, 1);
  check_same_bits([&] {
    const auto base = network(false);
    const auto inputs = Input<Cuda>({6, 5, 3});
    const Model<Cuda> model(inputs, Dense<Cuda>({.units = 1})(base(inputs, {.training = false})));
    test::Outcome outcome;
    for (const bool trained : {false, true}) {
      base.trainable(trained);
      model.compile({.optimizer = SGD({.learning_rate = 0.1}), .loss = MeanSquaredError()});
      for (int i = 0; i < 5; ++i) outcome.push_back({float(model.train_on_batch(x, y)[0].second)});
      outcome.push_back(model.predict(x).to_vector());
    }
    add_weights(model, outcome);
    return outcome;
  });
}

TEST_CASE("weights that are replaced, and other models in between, are seen by a graph") {
  const auto x = numbers({4, 6, 5, 3}, 1), large = numbers({9, 12, 12, 3}, 3);
  check_same_bits([&] {
    const auto model = network(false);
    test::Outcome outcome;
    std::vector<Tensor<Cuda>> kept;
    for (int i = 0; i < 12; ++i) {
      outcome.push_back(model.predict(x).to_vector());
      if (i % 4 != 3) continue;
      for (const auto& weight : model.weights()) {
        kept.push_back(weight.value());  // so that the new one lies elsewhere
        weight.assign(
            Tensor<Cuda>(weight.shape(), test::numbers(weight.shape().elements(), 5 + unsigned(i), 0.1f, 1)));
      }
      const auto inputs = Input<Cuda>({12, 12, 3});
      const Model<Cuda> other(inputs, Conv2D<Cuda>({.filters = 6 + i, .kernel_size = 5})(inputs));
      outcome.push_back(other.predict(large).to_vector());
    }
    return outcome;
  });
}

TEST_CASE("every layer trains the same with graphs") {
  for (const auto& [name, unused] : test::every_layer<Cuda>()) {
    INFO(name);
    check_same_bits([&, &layer_name = name] {
      clear_session();
      set_random_seed(1);
      const auto all = test::every_layer<Cuda>();
      const auto& specimen = all.at(layer_name);
      std::vector<SymbolicTensor<Cuda>> inputs, scaled;
      std::vector<Tensor<Cpu>> x;
      for (const auto& shape : specimen.inputs) {
        x.push_back(numbers(shape.with_batch(2), x.size(), specimen.low, specimen.high));
        inputs.push_back(Input<Cuda>(shape));
        scaled.push_back(inputs.back());
        for (int i = 0; i < 3; ++i) {
          const LayerScale<Cuda> before({.init_values = 1, .projection_dim = shape.back()});
          before.trainable(specimen.differentiable);
          scaled.back() = before(scaled.back());
        }
      }
      const auto y = (*specimen.layer)(scaled);
      const LayerScale<Cuda> after({.init_values = 0.5f, .projection_dim = y.shape().back()});
      const Model<Cuda> model(inputs, {after(y)});
      model.compile({.optimizer = SGD({.learning_rate = 0.1}), .loss = MeanSquaredError()});
      const Tensor<Cpu> labels = numbers(y.shape().with_batch(2), 99, specimen.low, specimen.high);
      test::Outcome outcome;
      for (int step = 0; step < 4; ++step)
        outcome.push_back({float(model.train_on_batch(x, {labels}, TrainOnBatchOptions{})[0].second)});
      add_weights(model, outcome);
      return outcome;
    });
  }
}

}  // namespace tanuki::test_graphs
