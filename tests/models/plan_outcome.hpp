#pragma once

// What a model's plan gives under some options, forward and backward, to compare with what it gives without fusion.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace tanuki::test {

inline Tensor<> random_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{6, stream}.normal(std::uint64_t(i));
  return tensor;
}

/// Weights that are neither zero nor one, variances positive.
inline const Model<>& spread(const Model<>& model) {
  std::uint64_t stream = 100;
  for (const auto& weight : model.weights()) {
    const Tensor<> noise = random_tensor(weight.shape(), ++stream);
    float* to = weight.edit().data();
    for (Index i = 0; i < noise.size(); ++i) {
      const float value = noise.data()[i];
      to[i] = weight.name() == "moving_variance" ? 0.5f + value * value : 0.4f * value;
    }
  }
  return model;
}

struct Outcome {
  std::vector<std::string> steps;
  std::vector<float> output;
  std::vector<std::vector<float>> gradients;
};

/// Forward, and backward where `trained`, of the model's plan under these options.
inline Outcome run(const Model<>& model, const PlanOptions& options, bool trained, Index batch = 3,
                   Context<Cpu>& context = default_context<Cpu>()) {
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  Plan<Cpu> plan(std::move(graph), outputs, trained ? model.trainable_weights() : std::vector<Weight<>>{},
                 options);
  Outcome outcome;
  for (const auto& run : plan.schedule().forward()) {
    outcome.steps.push_back(plan.graph().steps()[run.step].op->describe());
  }
  const auto x = random_tensor(model.inputs()[0].shape().with_batch(batch), 1);
  const auto input = x.view();
  const auto y = plan.forward(context, std::span(&input, 1))[0];
  outcome.output.assign(y.data, y.data + y.size());
  if (!trained) return outcome;
  const auto direction = random_tensor(y.shape, 2);
  std::copy_n(direction.data(), direction.size(), plan.output_gradient(0).data);
  plan.backward(context);
  for (const auto& g : plan.weight_gradients()) outcome.gradients.emplace_back(g.data, g.data + g.size());
  return outcome;
}

inline double difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0, magnitude = 1e-30;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::abs(double(a[i]) - double(b[i])));
    magnitude = std::max(magnitude, std::abs(double(b[i])));
  }
  return most / magnitude;
}

/// The model's numbers do not change by `rules`, in inference and in training; gives the steps of both.
inline std::pair<std::vector<std::string>, std::vector<std::string>> check(const Model<>& model,
                                                                           const FusionRules& rules = {}) {
  const PlanOptions plain{.fusion = FusionRules::none(), .depth_first = false};
  std::vector<std::string> steps[2];
  for (bool trained : {false, true}) {
    const auto expected = run(model, plain, trained), given = run(model, {.fusion = rules}, trained);
    INFO((trained ? "training" : "inference"));
    CHECK(difference(given.output, expected.output) < 2e-6);
    REQUIRE(given.gradients.size() == expected.gradients.size());
    for (std::size_t i = 0; i < given.gradients.size(); ++i) {
      INFO("gradient " << i);
      CHECK(difference(given.gradients[i], expected.gradients[i]) < 2e-5);
    }
    steps[trained] = given.steps;
  }
  return {steps[0], steps[1]};
}

}  // namespace tanuki::test
