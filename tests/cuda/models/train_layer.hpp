#pragma once

// A specimen of every_layer.hpp in a small model, predicting and trained.

#include "tanuki/tanuki.hpp"
#include "tests/cuda/models/every_layer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test {

inline Tensor<Cpu> tensor_of(const Shape& shape, std::uint64_t label, float low = -1, float high = 1) {
  return {shape, numbers(shape.elements(), label, low, high)};
}

/// Predictions before and after some steps, their losses, and the weights then. The layer stands behind `scalings` layers
/// with weights, and before one.
template <class B>
Outcome train_layer(const std::string& name, Index batch, int scalings, int steps) {
  clear_session();
  set_random_seed(1);
  const auto all = every_layer<B>();
  const auto& specimen = all.at(name);
  std::vector<SymbolicTensor<B>> inputs, scaled;
  std::vector<Tensor<Cpu>> x;
  for (const auto& shape : specimen.inputs) {
    x.push_back(tensor_of(shape.with_batch(batch), x.size(), specimen.low, specimen.high));
    inputs.push_back(Input<B>(shape));
    scaled.push_back(inputs.back());
    for (int i = 0; i < scalings; ++i) {
      const LayerScale<B> before({.init_values = 1, .projection_dim = shape.back()});
      before.trainable(specimen.differentiable);
      scaled.back() = before(scaled.back());
    }
  }
  const auto y = (*specimen.layer)(scaled);
  const Model<B> model(inputs, {LayerScale<B>({.init_values = 0.5f, .projection_dim = y.shape().back()})(y)});
  model.compile({.optimizer = SGD({.learning_rate = 0.1}), .loss = MeanSquaredError()});

  Outcome outcome{model.predict_all(x)[0].to_vector()};
  const Tensor<Cpu> labels = tensor_of(y.shape().with_batch(batch), 99, specimen.low, specimen.high);
  for (int step = 0; step < steps; ++step)
    outcome.push_back({float(model.train_on_batch(x, {labels})[0].second)});
  for (const auto& weight : model.weights()) outcome.push_back(weight.value().to_vector());
  outcome.push_back(model.predict_all(x)[0].to_vector());
  return outcome;
}

}  // namespace tanuki::test
