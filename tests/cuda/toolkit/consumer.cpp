// A user's program with tanuki/cuda.hpp alone: trains a small network on the GPU. Without one it says so, and ends with 3.

#include <iostream>
#include <tanuki/cuda.hpp>

using namespace tanuki;

int main() try {
  const auto inputs = Input<Cuda>({8, 8, 3});
  auto x = SeparableConv2D<Cuda>({.filters = 8, .kernel_size = 3, .padding = "same"})(inputs);
  x = BatchNormalization<Cuda>()(x);
  x = Activation<Cuda>("relu")(x);
  x = GlobalAveragePooling2D<Cuda>()(x);
  const Model<Cuda> model(inputs, Dense<Cuda>({.units = 1})(x));
  model.compile({.optimizer = Adam(), .loss = BinaryCrossentropy({.from_logits = true})});
  const Tensor<Cpu> images({4, 8, 8, 3}), labels({4, 1});
  model.fit(images, labels, {.epochs = 2, .batch_size = 2});
  std::cout << model.predict(images).to_vector()[0] << '\n';
} catch (const NoDevice& error) {
  std::cerr << "consumer: " << error.what() << '\n';
  return 3;
}
