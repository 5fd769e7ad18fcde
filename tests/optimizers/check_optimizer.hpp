#pragma once

// What every optimizer must pass: Keras' goldens step by step, the same bits on any number of threads.

#include "tanuki/optimizers/optimizer.hpp"
#include "tests/losses/check_loss.hpp"

namespace tanuki::tests {

inline void check_optimizer_golden(const std::string& name, AnyOptimizer<Cpu> optimizer) {
  INFO(name);
  const auto get = [&](const std::string& what) {
    return golden("optimizers.safetensors", name + "/" + what);
  };
  std::vector<Weight<>> weights;
  for (const char* w : {"kernel", "bias"}) {
    weights.emplace_back(w, Role::learned, get(std::string("initial/") + w));
  }
  optimizer.build(weights);
  for (int step = 0; step < 6; ++step) {
    INFO("step " << step);
    const std::string at = std::to_string(step) + "/";
    const Tensor<> kernel = get("grads/" + at + "kernel"), bias = get("grads/" + at + "bias");
    const std::vector<ConstTensorView<Cpu>> gradients{kernel.view(), bias.view()};
    optimizer.step(default_context<Cpu>(), weights, gradients);
    for (const auto& weight : weights)
      check_near(weight.value(), get("weights/" + at + weight.name()), 2e-7f, 1.0f);
  }
  CHECK(optimizer.iterations() == 6);
}

/// How far the weights move in three steps of random gradients.
inline std::vector<float> three_steps(AnyOptimizer<Cpu> optimizer, int threads) {
  Context<Cpu> context(threads);
  const std::vector<Weight<>> weights{{"w", Role::learned, random_tensor({70'001}, -1, 1)}};
  optimizer.build(weights);
  for (std::uint64_t step = 0; step < 3; ++step) {
    const Tensor<> gradient = random_tensor({70'001}, -1, 1, 20 + step);
    const auto view = gradient.view();
    optimizer.step(context, weights, std::span(&view, 1));
  }
  return weights[0].value().to_vector();
}

}  // namespace tanuki::tests
