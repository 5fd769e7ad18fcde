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

TEST_CASE("losses, metrics and every optimizer are the same with graphs") {
  const auto x = test::tensor_of({10, 5}, 1), y = test::tensor_of({10, 3}, 2, 0, 1);
  const auto check = [&](const AnyOptimizer<Cuda>& optimizer, const FitOptions& options) {
    INFO(optimizer.name());
    check_same_bits([&] {
      clear_session();
      set_random_seed(4);
      const auto in = Input<Cuda>({5});
      auto out = Dense<Cuda>({.units = 4, .activation = "tanh", .kernel_regularizer = {.l2 = 0.1f}})(in);
      if (options.micro_batch_size == 0) out = BatchNormalization<Cuda>()(out);
      const Model<Cuda> model(in, Dense<Cuda>({.units = 3})(out));
      model.compile({.optimizer = optimizer, .loss = MeanSquaredError(), .metrics = {"mae", "accuracy"}});
      test::Outcome outcome;
      for (int i = 0; i < 2; ++i) {
        const auto history = model.fit(x, y, options);
        for (const char* log : {"loss", "mae", "accuracy"}) {
          for (const double value : history[log]) outcome.push_back({float(value)});
        }
        for (const auto& [name, value] : model.evaluate(x, y, {.batch_size = 3}))
          outcome.push_back({float(value)});
      }
      add_weights(model, outcome);
      return outcome;
    });
  };
  const FitOptions plain{.epochs = 3, .verbose = false, .batch_size = 4};
  FitOptions parts = plain, weighted = plain;
  parts.micro_batch_size = 2;
  weighted.sample_weight = {test::tensor_of({10}, 3, 0, 1)};
  each_optimizer([&]<class O>() {
    check(O({.learning_rate = CosineDecay({0.1, 20}), .weight_decay = 0.1}), plain);
  });
  check(Adam({.global_clipnorm = 0.1, .use_ema = true, .ema_overwrite_frequency = 3}), plain);
  check(SGD({.clipnorm = 0.1, .gradient_accumulation_steps = 2}), plain);
  check(RMSprop({.clipvalue = 0.1}), parts);
  check(Adam(), weighted);
}

TEST_CASE("a batch that is not finite is refused by graphs, and leaves the weights as they were") {
  const auto x = test::tensor_of({4, 6, 5, 3}, 1), y = test::tensor_of({4, 1}, 2, 0, 1);
  auto wrong = x;
  wrong.data()[100] = NAN;
  check_same_bits([&] {
    const auto model = network(false);
    model.compile({.optimizer = Adam({.clipnorm = 1}), .loss = MeanSquaredError(), .metrics = {"mae"}});
    test::Outcome outcome;
    for (int i = 0; i < 9; ++i) {
      if (i % 4 != 3) {
        outcome.push_back({float(model.train_on_batch(x, y)[0].second)});
        continue;
      }
      test::Outcome before, after;
      add_weights(model, before);
      CHECK_THROWS_WITH(model.train_on_batch(wrong, y),
                        Catch::Contains("the loss is nan (the batch's x has nan in example 1)"));
      add_weights(model, after);
      CHECK(test::same_bits(before, after));
    }
    add_weights(model, outcome);
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
