// The snippets about `trainable` in Keras' transfer-learning guide, with what they print there.
//
//   build/bin/trainable
//
// Prints 2 / 2 / 0, then 4 / 2 / 2, then 2 / 0 / 2, then that a frozen layer did not move and that freezing a
// model freezes what is in it.

#include <iostream>
#include <tanuki/tanuki.hpp>

using namespace tanuki;

namespace {

void print_counts(const char* what, const Layer<>& layer) {
  std::cout << what << "\n  weights: " << layer.weights().size()
            << "\n  trainable_weights: " << layer.trainable_weights().size()
            << "\n  non_trainable_weights: " << layer.non_trainable_weights().size() << '\n';
}

}  // namespace

int main() {
  // A Dense layer has 2 trainable weights, kernel and bias.
  Dense layer({.units = 3});
  layer.build({4});
  print_counts("Dense", layer);

  // A BatchNormalization layer has 2 trainable weights and 2 non-trainable ones.
  BatchNormalization normalization;
  normalization.build({4});
  print_counts("BatchNormalization", normalization);

  // Setting trainable to false moves all weights to the non-trainable ones.
  layer.trainable(false);
  print_counts("Dense, frozen", layer);

  // A frozen layer stays as it is in training.
  Dense layer1({.units = 3, .activation = "relu"}), layer2({.units = 3, .activation = "sigmoid"});
  Sequential model({Input({3}), layer1, layer2});
  layer1.trainable(false);
  const auto before = layer1.weights()[0].value().to_vector();
  model.compile({.optimizer = Adam(), .loss = MeanSquaredError()});
  const Tensor<> x({2, 3}, {0.1f, 0.9f, 0.4f, 0.7f, 0.2f, 0.5f}), y({2, 3}, {1, 0, 1, 0, 1, 0});
  model.fit(x, y, {.epochs = 1});
  std::cout << "layer1 after fit: "
            << (layer1.weights()[0].value().to_vector() == before ? "unchanged" : "changed") << '\n';

  // The flag reaches every layer inside.
  Sequential inner(
      {Input({3}), Dense({.units = 3, .activation = "relu"}), Dense({.units = 3, .activation = "relu"})});
  Sequential outer({Input({3}), inner, Dense({.units = 3, .activation = "sigmoid"})});
  outer.trainable(false);
  std::cout << "inner model: " << (inner.trainable() ? "trainable" : "frozen")
            << ", its first layer: " << (inner.layers()[1]->layer->trainable() ? "trainable" : "frozen")
            << '\n';
}
