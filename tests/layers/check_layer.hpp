#pragma once

// The one harness for all layers: shapes, names and weights, gradients, freezing, copies, threads, saving. A
// layer's test says what it is fed and what Keras would say of it.

#include <catch2/catch.hpp>

#include "tests/io/scratch_folder.hpp"
#include "tests/layers/run_layer.hpp"

namespace tanuki::test {

struct LayerCheck {
  std::vector<Tensor<Cpu>> inputs;        ///< with the batch axis
  Shape output;                           ///< without it
  std::vector<std::string> weights = {};  ///< names, in Keras' order
  std::size_t trainable = 0;              ///< how many of them training moves
  Index params = 0;                       ///< scalars in all of them
  bool differentiable = true;             ///< in training mode; in inference mode every layer is
  double step = 1e-2, tolerance = 1e-3;   ///< of the finite differences, see OpCheck
};

inline std::vector<std::vector<float>> numbers(const std::vector<Weight<Cpu>>& weights) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : weights) all.push_back(weight.value().to_vector());
  return all;
}

inline Tensor<Cpu> some_numbers(const Shape& shape, std::uint64_t label) {
  std::vector<float> values(std::size_t(shape.elements()));
  const Random random = Random{77, 0}.fork(label);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = random.normal(i);
  return {shape, values};
}

/// Gradients through a plan, of inputs and trainable weights, against central differences.
inline void check_gradients(const Layer<Cpu>& layer, const LayerCheck& check, bool training) {
  INFO("gradients, training " << training);
  LayerRun run(layer, check.inputs, training);
  const Tensor<Cpu> direction = some_numbers(run.forward().shape(), 1);
  run.backward(direction);
  auto weights = run.probes();
  for (const auto& weight : layer.trainable_weights()) weights.push_back(weight);
  std::vector<Tensor<Cpu>> gradients;
  for (const auto& weight : weights) gradients.push_back(run.gradient(weight));

  const auto loss = [&] {
    const Tensor<Cpu> output = run.forward();
    double sum = 0;
    for (Index i = 0; i < output.size(); ++i) sum += double(output.data()[i]) * double(direction.data()[i]);
    return sum;
  };
  for (std::size_t w = 0; w < weights.size(); ++w) {
    INFO("the gradient of " << weights[w].name());
    double difference = 0, size = 1e-24;
    for (Index i = 0; i < gradients[w].size(); ++i) {
      const float value = weights[w].value().data()[i], up = value + float(check.step),
                  down = value - float(check.step);
      weights[w].edit().data()[i] = up;
      const double above = loss();
      weights[w].edit().data()[i] = down;
      const double slope = (above - loss()) / (double(up) - double(down));
      weights[w].edit().data()[i] = value;
      difference += (slope - double(gradients[w].data()[i])) * (slope - double(gradients[w].data()[i]));
      size += slope * slope;
    }
    CHECK(std::sqrt(difference / size) <= check.tolerance);
  }
}

/// One step as training does it, without the optimizer: forward, backward, commit.
inline Tensor<Cpu> run_step(const Layer<Cpu>& layer, const LayerCheck& check, bool training, int threads) {
  Context<Cpu> context(threads);
  LayerRun run(layer, check.inputs, training, check.differentiable || !training);
  Tensor<Cpu> output = run.forward(context);
  if (run.plan().output_gradient(0)) run.backward(some_numbers(output.shape(), 2), context);
  run.plan().commit(context);
  return output;
}

inline void check_frozen(const Layer<Cpu>& layer, const LayerCheck& check) {
  INFO("frozen");
  layer.trainable(false);
  CHECK(layer.trainable_weights().empty());
  CHECK(layer.non_trainable_weights() == layer.weights());
  const auto before = numbers(layer.weights());
  for (int step = 0; step < 3; ++step) run_step(layer, check, true, 2);
  CHECK(numbers(layer.weights()) == before);
  LayerRun run(layer, check.inputs, true, false);
  CHECK(run.plan().trainable_weights().empty());
  layer.trainable(true);
  CHECK(layer.trainable_weights().size() == check.trainable);
}

/// Weights that are saved, changed and loaded are the same to the bit.
inline void check_saved(const Layer<Cpu>& layer, const std::vector<SymbolicTensor<Cpu>>& inputs) {
  INFO("saved");
  const ScratchFolder folder;
  const Model<Cpu> model(inputs, {layer(inputs)});
  model.save_weights(folder / "weights.safetensors");
  const auto before = numbers(layer.weights());
  for (const auto& weight : layer.weights()) {
    for (Index i = 0; i < weight.shape().elements(); ++i) weight.edit().data()[i] += 1;
  }
  if (!before.empty()) CHECK(numbers(layer.weights()) != before);
  model.load_weights(folder / "weights.safetensors");
  CHECK(numbers(layer.weights()) == before);
}

/// All of it. The layer must be fresh: not built yet.
inline void check_layer(const Layer<Cpu>& layer, const LayerCheck& check) {
  INFO(layer.class_name() << " '" << layer.name() << "'");
  CHECK_FALSE(layer.built());
  CHECK(layer.weights().empty());

  std::vector<SymbolicTensor<Cpu>> inputs;
  for (const auto& input : check.inputs) inputs.push_back(Input(input.shape().without_batch()));
  CHECK(layer(inputs).shape() == check.output);
  CHECK(layer.built());

  std::vector<std::string> names;
  for (const auto& named : layer.named_weights()) names.push_back(named.path);
  CHECK(names == check.weights);
  CHECK(layer.trainable_weights().size() == check.trainable);
  CHECK(layer.weights().size() == layer.trainable_weights().size() + layer.non_trainable_weights().size());
  CHECK(layer.count_params() == check.params);

  const auto copy = layer.clone();
  CHECK(copy->weights() == layer.weights());
  const auto weights_before = layer.weights();
  CHECK(layer(inputs, {.training = true}).shape() == check.output);
  CHECK(layer.weights() == weights_before);

  for (bool training : {false, true}) {
    INFO("training " << training);
    const Tensor<Cpu> output = run_step(layer, check, training, 1);
    CHECK(output.shape() == check.output.with_batch(check.inputs[0].shape()[0]));
    const auto values = output.to_vector();
    CHECK(std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }));
    if (training) continue;  // statistics have moved
    CHECK(run_step(layer, check, training, 3).to_vector() == values);
    CHECK(run_step(*copy, check, training, 2).to_vector() == values);
  }
  check_gradients(layer, check, false);
  if (check.differentiable) check_gradients(layer, check, true);
  check_frozen(layer, check);
  check_saved(layer, inputs);
}

/// The automatic name is Keras' ("conv2d", then "conv2d_1"), a given one is kept.
template <class Make>
void check_names(const std::string& automatic, Make make) {
  clear_session();
  CHECK(make("").name() == automatic);
  CHECK(make("").name() == automatic + "_1");
  CHECK(make("mine").name() == "mine");
}

}  // namespace tanuki::test
