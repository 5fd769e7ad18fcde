// What of a step of training or validation is left outside of its graphs.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/host_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_step_graphs {

const Tensor<Cpu> x({4, 6, 5, 3}, test::numbers(360, 1)), y({4, 1}, {0, 1, 1, 0});

/// Eight regularizers, as many batch normalisations.
Model<Cuda> network(const AnyOptimizer<Cuda>& optimizer, bool normalised = true) {
  clear_session();
  set_random_seed(3);
  const auto inputs = Input<Cuda>({6, 5, 3});
  auto out = inputs;
  for (int i = 0; i < 8; ++i) {
    out = Conv2D<Cuda>({.filters = 4, .kernel_size = 1, .kernel_regularizer = {.l2 = 0.01f}})(out);
    if (normalised) out = BatchNormalization<Cuda>()(out);
  }
  out = GlobalAveragePooling2D<Cuda>()(out);
  const Model<Cuda> model(inputs, Dense<Cuda>({.units = 1, .activation = "sigmoid"})(out));
  model.compile({.optimizer = optimizer, .loss = "binary_crossentropy", .metrics = {"accuracy"}});
  return model;
}

/// Commands outside of graphs a step, the broken part of a number left out.
template <class Run>
Index singles(const Run& run, Index steps) {
  const auto& device = test::HostDevice::instance();
  const Index before = device.singles();
  run();
  return (device.singles() - before) / steps;
}

// What brings x and y: each goes to the GPU and there to its tensor, x besides to where it lies each time.
constexpr Index brought = 5;

TEST_CASE("of a step only what brings the batch is in no graph") {
  const auto each = [](const auto& step) {
    for (int i = 0; i < 4; ++i) step();
    return singles(step, 1);
  };
  const std::vector<AnyOptimizer<Cuda>> optimizers{SGD({.clipnorm = 1}), Adam(),
                                                   AdamW({.global_clipnorm = 1}), Nadam({.use_ema = true})};
  for (const auto& optimizer : optimizers) {
    const auto model = network(optimizer);
    CHECK(each([&] { model.train_on_batch(x, y); }) == brought);
  }
  const auto model = network("adam");
  CHECK(each([&] { model.evaluate(x, y); }) == brought);
  const auto adds_up = network(SGD({.gradient_accumulation_steps = 2}));
  CHECK(each([&] { adds_up.train_on_batch(x, y), adds_up.train_on_batch(x, y); }) == 2 * brought);
  const auto in_parts = network(SGD({.clipnorm = 1}), false);  // which come one by one
  CHECK(each([&] { in_parts.train_on_batch(x, y, {.micro_batch_size = 1}); }) == 4 * brought);
}

TEST_CASE("steps of a fit are in graphs, but for some where metrics are waited for, or take new memory") {
  const auto model = network("adam");
  const Tensor<Cpu> many({600, 6, 5, 3}, test::numbers(54000, 1)), labels({600, 1});
  const auto fit = [&] { model.fit(many, labels, {.epochs = 1, .verbose = false, .batch_size = 4}); };
  fit();
  CHECK(singles(fit, 150) == brought);
}

}  // namespace tanuki::test_step_graphs
