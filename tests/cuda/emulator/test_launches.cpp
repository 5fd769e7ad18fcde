// How many launches a training step's end takes: a network's small weights share them.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/ops/finite.hpp"
#include "tanuki/optimizers/find.hpp"
#include "tests/cuda/host_device.hpp"

namespace tanuki::test_launches {

/// Of all kernels, by `run`.
template <class Run>
Index launches_of(const Run& run) {
  const auto all = [] {
    Index sum = 0;
    for (const auto& [name, count] : test::HostDevice::instance().launched()) sum += count;
    return sum;
  };
  const Index before = all();
  run();
  return all() - before;
}

/// 156 weights, as Xception has, of a few numbers each.
struct Network {
  std::vector<Weight<Cuda>> weights;
  std::vector<Tensor<Cuda>> kept;
  std::vector<ConstTensorView<Cuda>> gradients;

  Network() {
    for (Index i = 0; i < 156; ++i) {
      weights.emplace_back("weight", Role::learned, Tensor<Cuda>({i % 5 + 1}));
      kept.emplace_back(Shape{i % 5 + 1});
    }
    for (const auto& gradient : std::as_const(kept)) gradients.push_back(gradient.view());
  }

  Index launches_with(AnyOptimizer<Cuda> optimizer, int steps = 1) const {
    optimizer.build(weights);
    return launches_of([&] {
      for (int i = 0; i < steps; ++i) optimizer.step(default_context<Cuda>(), weights, gradients);
    });
  }
};

TEST_CASE("156 weights are moved in three launches by every optimizer, and looked through in two") {
  const Network net;
  each_optimizer([&]<class O>() {
    INFO(O::class_name());
    CHECK(net.launches_with(O({.weight_decay = 0})) == 6);  // a weight decay of 0 is one
    CHECK(net.launches_with(O({.weight_decay = 0.1, .use_ema = true})) == 9);
  });
  CHECK(net.launches_with(Adam()) == 3);
  CHECK(net.launches_with(Adam({.amsgrad = true})) == 3);
  CHECK(net.launches_with(Adam({.clipvalue = 1})) == 6);
  for (const auto& options : {AdamOptions{.clipnorm = 1}, AdamOptions{.global_clipnorm = 1}})
    CHECK(net.launches_with(Adam(options)) == 4 + 1 + 6);  // squares, scales
  // Twice a sum, then the mean, its step, and the sums to 0 again.
  CHECK(net.launches_with(SGD({.gradient_accumulation_steps = 2}), 2) == 2 * 3 + 3 + 3 + 3);
  CHECK(launches_of([&] {
          CHECK(ops::first_not_finite<Cuda>(default_context<Cuda>(), net.gradients).get() == 156);
        }) == 2);
}

}  // namespace tanuki::test_launches
