// Plans that are launched as graphs give the bits that they give without.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/models/train_layer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_graphs {

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
  const auto x = test::tensor_of({11, 6, 5, 3}, 1), y = test::tensor_of({11, 1}, 2, 0, 1);
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
  const auto x = test::tensor_of({4, 6, 5, 3}, 1), y = test::tensor_of({4, 1}, 2, 0, 1);
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
  const auto x = test::tensor_of({4, 6, 5, 3}, 1), large = test::tensor_of({9, 12, 12, 3}, 3);
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
    check_same_bits([&, &layer_name = name] { return test::train_layer<Cuda>(layer_name, 2, 3, 4); });
  }
}

}  // namespace tanuki::test_graphs
