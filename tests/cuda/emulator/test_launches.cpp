// How many launches a training step's end takes: a network's small weights share them.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/ops/finite.hpp"
#include "tanuki/optimizers/adam.hpp"
#include "tests/cuda/host_device.hpp"

namespace tanuki::test_launches {

Index launches_of(const char* kernel) {
  const auto& all = test::HostDevice::instance().launched();
  const auto found = all.find(kernel);
  return found == all.end() ? 0 : found->second;
}

TEST_CASE("156 weights, as Xception has, are moved in three launches and looked through in two") {
  Context<Cuda> context;
  std::vector<Weight<Cuda>> weights;
  std::vector<Tensor<Cuda>> gradients;
  std::vector<ConstTensorView<Cuda>> views;
  for (Index i = 0; i < 156; ++i) {
    weights.emplace_back("weight", Role::learned, Tensor<Cuda>({i % 5 + 1}));
    gradients.emplace_back(Shape{i % 5 + 1});
  }
  for (const auto& gradient : gradients) views.push_back(gradient.view());
  const auto count = [&](AnyOptimizer<Cuda> optimizer) {
    optimizer.build(weights);
    const Index before = launches_of("optimizers/adam");
    optimizer.step(context, weights, views);
    return launches_of("optimizers/adam") - before;
  };
  CHECK(count(Adam()) == 3);
  CHECK(count(Adam({.clipnorm = 1})) == 156);  // they share the memory of the gradient in bounds
  const Index before = launches_of("sums/mark_not_finite");
  CHECK(ops::first_not_finite<Cuda>(context, views).get() == views.size());
  CHECK(launches_of("sums/mark_not_finite") - before == 2);
}

}  // namespace tanuki::test_launches
