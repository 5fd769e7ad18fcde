#pragma once

// What every optimizer must pass: Keras' goldens step by step, its state in Keras' order, the same bits on any number of
// threads.

#include <nlohmann/json.hpp>

#include "tanuki/backend/eigen/accumulate.hpp"
#include "tanuki/backend/eigen/adadelta.hpp"
#include "tanuki/backend/eigen/adagrad.hpp"
#include "tanuki/backend/eigen/adam.hpp"
#include "tanuki/backend/eigen/adamax.hpp"
#include "tanuki/backend/eigen/clip.hpp"
#include "tanuki/backend/eigen/constrain.hpp"
#include "tanuki/backend/eigen/moving_average.hpp"
#include "tanuki/backend/eigen/nadam.hpp"
#include "tanuki/backend/eigen/rmsprop.hpp"
#include "tanuki/backend/eigen/sgd.hpp"
#include "tanuki/backend/eigen/weight_decay.hpp"
#include "tanuki/optimizers/find.hpp"
#include "tests/losses/check_loss.hpp"

namespace tanuki::tests {

/// One row of a golden of steps.
inline Tensor<> golden_step(const Tensor<>& all, Index step) {
  const Shape shape = all.shape().without_batch();
  return Tensor<>(shape, std::span(all.data() + step * shape.elements(), std::size_t(shape.elements())));
}

inline void check_optimizer_golden(const std::string& name, AnyOptimizer<Cpu> optimizer,
                                   const std::vector<Constraint>& constraints = {{}, {}}) {
  INFO(name);
  const auto get = [&](const std::string& what) {
    return golden("optimizers.safetensors", name + "/" + what);
  };
  const std::vector<Weight<>> weights{{"kernel", Role::learned, get("initial/kernel"), {}, constraints[0]},
                                      {"bias", Role::learned, get("initial/bias"), {}, constraints[1]}};
  optimizer.build(weights);
  const Tensor<> kernels = get("grads/kernel"), biases = get("grads/bias");
  const Tensor<> after[] = {get("weights/kernel"), get("weights/bias")};
  for (Index step = 0; step < 8; ++step) {
    INFO("step " << step);
    const Tensor<> kernel = golden_step(kernels, step), bias = golden_step(biases, step);
    const std::vector<ConstTensorView<Cpu>> gradients{kernel.view(), bias.view()};
    optimizer.step(default_context<Cpu>(), weights, gradients);
    for (std::size_t i = 0; i < 2; ++i) {
      INFO(weights[i].name());
      check_near(weights[i].value(), golden_step(after[i], step), 3e-7f, 1.0f);
    }
  }
  CHECK(optimizer.iterations() == 8);

  static const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/optimizers.safetensors");
  const auto names = nlohmann::json::parse(file.metadata().at("states")).at(name);
  std::vector<float> values;
  REQUIRE(optimizer.state().size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto variable = optimizer.state()[i];
    if (variable.name == "u_product") {  // Keras gave it no name
      CHECK(i + 1 == names.size());
    } else {
      CHECK(variable.name == names[i]);
    }
    for (float value : variable.value.to_vector()) values.push_back(value);
  }
  if (!names.empty()) check_near(Tensor<>({Index(values.size())}, values), get("state"), 5e-7f, 0.1f);

  optimizer.finalize(weights);
  for (std::size_t i = 0; i < 2; ++i) {
    const bool averages = optimizer.settings().use_ema;
    check_near(weights[i].value(), averages ? get("final/" + weights[i].name()) : golden_step(after[i], 7),
               3e-7f, 1.0f);
  }
}

/// How far the weights move in three steps of random gradients.
inline std::vector<float> three_steps(AnyOptimizer<Cpu> optimizer, int threads, Constraint constraint = {}) {
  Context<Cpu> context(threads);
  const std::vector<Weight<>> weights{
      {"w", Role::learned, random_tensor({70'001}, -1, 1), {}, std::move(constraint)}};
  optimizer.build(weights);
  for (std::uint64_t step = 0; step < 3; ++step) {
    const Tensor<> gradient = random_tensor({70'001}, -1, 1, 20 + step);
    const auto view = gradient.view();
    optimizer.step(context, weights, std::span(&view, 1));
  }
  return weights[0].value().to_vector();
}

inline void check_same_on_any_threads(const AnyOptimizer<Cpu>& optimizer, const Constraint& constraint = {}) {
  CHECK(three_steps(optimizer, 1, constraint) == three_steps(optimizer, 3, constraint));
}

}  // namespace tanuki::tests
