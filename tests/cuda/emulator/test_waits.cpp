// How often a loop of steps waits for the GPU, and what the host does meanwhile.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/host_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_waits {

Index reads() { return test::HostDevice::instance().reads(); }

/// Two outputs, two regularizers.
Model<Cuda> network(const AnyOptimizer<Cuda>& optimizer) {
  clear_session();
  set_random_seed(2);
  const auto in = Input<Cuda>({6});
  const auto x = Dense<Cuda>({.units = 5, .activation = "relu", .kernel_regularizer = {.l2 = 0.01f}})(in);
  const Model<Cuda> model(
      {in}, {Dense<Cuda>({.units = 1, .activation = "sigmoid"})(x),
             Dense<Cuda>({.units = 3, .activation = "softmax", .bias_regularizer = {.l1 = 0.1f}})(x)});
  model.compile({.optimizer = optimizer,
                 .loss = {"binary_crossentropy", "sparse_categorical_crossentropy"},
                 .metrics = {{"accuracy"}, {"accuracy", SparseTopKCategoricalAccuracy({.k = 2})}},
                 .loss_weights = {1, 0.5}});
  return model;
}

const Tensor<Cpu> x({8, 6}, test::numbers(48, 1));
const Tensor<Cpu> yes({8, 1}, {0, 1, 0, 1, 1, 1, 0, 0});
const Tensor<Cpu> classes({8, 1}, {0, 1, 2, 1, 2, 2, 0, 1});

TEST_CASE("a training step waits for the GPU once, whatever the optimizer") {
  const std::vector<Tensor<Cpu>> inputs{x}, labels{yes, classes};
  const auto waits = [&](const AnyOptimizer<Cuda>& optimizer, const TrainOnBatchOptions& options = {}) {
    const auto model = network(optimizer);
    model.train_on_batch(inputs, labels, options);
    const Index before = reads();
    model.train_on_batch(inputs, labels, options);
    return reads() - before;
  };
  CHECK(waits(Adam()) == 1);
  CHECK(waits(SGD({.learning_rate = 0.1, .momentum = 0.9f})) == 1);
  each_optimizer([&]<class O>() {
    INFO(O::class_name());
    CHECK(waits(O()) == 1);
    CHECK(waits(O({.weight_decay = 0.1, .clipnorm = 0.1, .use_ema = true})) == 1);
    CHECK(waits(O({.global_clipnorm = 0.1, .gradient_accumulation_steps = 2})) == 1);
  });
  CHECK(waits(Adam({.clipvalue = 0.1})) == 1);
  CHECK(waits(Adam(), {.micro_batch_size = 2}) == 4);  // one a part, the last with the gradients
}

TEST_CASE("metrics are counted without a wait of their own") {
  clear_session();
  const auto in = Input<Cuda>({6});
  const Model<Cuda> model(in, Dense<Cuda>({.units = 1, .activation = "sigmoid"})(in));
  model.compile({.optimizer = "sgd", .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  const Tensor<Cpu> many({300, 6}, test::numbers(1800, 1)), labels({300, 1});
  const Index before = reads();
  const auto logs = model.evaluate(many, labels, {.batch_size = 2});
  CHECK(reads() - before <= 151);  // one a batch, and one for the last of the accuracies
  CHECK(logs[1].second > 0);
}

TEST_CASE("while a step runs the next batch is read, and no batch is read after the last") {
  std::vector<Index> waits;  // done when a batch is asked for
  const auto data = Dataset::from_generator(
      [&](Index) {
        return [&, left = 4]() mutable -> std::optional<Example> {
          waits.push_back(reads());
          if (left-- == 0) return std::nullopt;
          return Example{x, yes};
        };
      },
      {.batched = true});
  clear_session();
  const auto in = Input<Cuda>({6});
  const Model<Cuda> simple(in, Dense<Cuda>({.units = 1})(in));
  simple.compile({.optimizer = "sgd", .loss = "mse"});
  const Index before = reads();
  simple.fit(data, {.epochs = 1, .verbose = false});
  CHECK(reads() - before == 4);
  for (Index& wait : waits) wait -= before;
  CHECK(waits == std::vector<Index>{0, 0, 1, 2, 3});
  waits.clear();
  const Index then = reads();
  simple.evaluate(data);
  for (Index& wait : waits) wait -= then;
  CHECK(waits == std::vector<Index>{0, 0, 1, 2, 3});
  waits.clear();
  simple.fit(data, {.epochs = 1, .verbose = false, .steps_per_epoch = 2});
  CHECK(waits.size() == 2);
  waits.clear();
  simple.evaluate(data, {.steps = 3});
  CHECK(waits.size() == 3);
}

}  // namespace tanuki::test_waits
