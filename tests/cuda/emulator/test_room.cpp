// Where memory is short: what one batch has room for, a loop of them has.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/host_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_room {

constexpr Index pixels = 4000;

Model<Cuda> network(const AnyOptimizer<Cuda>& optimizer) {
  clear_session();
  const auto in = Input<Cuda>({pixels});
  const Model<Cuda> model(in, Dense<Cuda>({.units = 1})(in));
  model.compile({.optimizer = optimizer, .loss = "mse"});
  return model;
}

/// The least that `run` needs besides what is used before, in steps of two examples.
template <class Run>
Index room_for(const AnyOptimizer<Cuda>& optimizer, const Run& run) {
  auto& device = test::HostDevice::instance();
  for (Index room = 1;; ++room) {
    const auto model = network(optimizer);
    device.capacity(device.used() + std::size_t(room * pixels * 8));
    bool fits = true;
    try {
      run(model);
    } catch (const Error&) {
      fits = false;
    }
    device.capacity(std::size_t{8} << 30);
    if (fits) return room;
  }
}

TEST_CASE("a batch that has room alone is trained on, evaluated and predicted in a loop") {
  const Tensor<Cpu> x({128, pixels}, test::numbers(128 * pixels, 1)), y({128, 1});
  const Tensor<Cpu> one({32, pixels}, test::numbers(32 * pixels, 1)), label({32, 1});
  for (const auto& optimizer : {AnyOptimizer<Cuda>("sgd"), AnyOptimizer<Cuda>(SGD({.clipnorm = 1}))}) {
    const auto room = [&](const auto& run) { return room_for(optimizer, run); };
    FitOptions options{.verbose = false, .keep_features = false};
    const Index alone = room([&](const auto& model) { model.train_on_batch(one, label); });
    CHECK(room([&](const auto& model) { model.fit(x, y, options); }) <= alone + 1);
    CHECK(room([&](const auto& model) { model.evaluate(x, y); }) <= alone + 1);
    CHECK(room([&](const auto& model) { model.predict(x); }) <= alone + 1);
    options.micro_batch_size = 2;
    CHECK(room([&](const auto& model) { model.fit(x, y, options); }) < alone / 2);
  }
}

TEST_CASE("a plan takes the memory that it foretells, copies of its inputs included") {
  auto& device = test::HostDevice::instance();
  const auto in = Input<Cuda>({pixels});
  const Model<Cuda> model(in, Dense<Cuda>({.units = 1})(in));
  auto& plan = model.inference_plan();
  const Tensor<Cpu> x(Shape{30, pixels});
  const OnDevice<Cuda> images(x, 0, 30);
  const std::size_t before = device.used();
  const auto used_after = [&](Index batch) {
    const ConstTensorView<Cuda> input{images.view().data, Shape{batch, pixels}};
    plan.forward(default_context<Cuda>(), std::span(&input, 1));
    return Index(device.used() - before);
  };
  const Index four = used_after(4);
  CHECK(four > 4 * pixels * 4);
  CHECK(four <= plan.memory_needed(4));
  CHECK(four > plan.memory_needed(4) * 9 / 10);
  const Index eight = used_after(8);  // what four took was given back
  CHECK(eight <= plan.memory_needed(8));

  device.capacity(device.used() + std::size_t{10 * pixels * 4});
  CHECK_THROWS_WITH(used_after(30), Catch::Contains("for a batch of 30; the largest that fits is 1"));
  device.capacity(std::size_t{8} << 30);
  CHECK(used_after(8) == eight);  // the plan works again
}

TEST_CASE("what is wrong with a batch is said though only its parts have room") {
  Tensor<Cpu> x({128, pixels}, test::numbers(128 * pixels, 1)), y({128, 1});
  x.data()[77 * pixels] = NAN;
  auto& device = test::HostDevice::instance();
  const auto model = network("sgd");
  device.capacity(device.used() + std::size_t{20 * pixels * 4});
  CHECK_THROWS_WITH(model.train_on_batch(x, y, {.micro_batch_size = 2}),
                    Catch::Contains("the loss is nan (the batch's x has nan in example 77)"));
  device.capacity(std::size_t{8} << 30);
}

}  // namespace tanuki::test_room
