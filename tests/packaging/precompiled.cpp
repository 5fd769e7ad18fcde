// Whatever takes long to compile comes out of tanuki::precompiled_keras: a net is trained, saved, loaded again and run. Prints
// nothing; ends with 1 where the loaded net predicts something else.

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>
using namespace tanuki;

#ifndef TANUKI_PRECOMPILED
#error "tanuki::precompiled_keras does not say that it is there"
#endif

int main() try {
  const Sequential model(
      {Input({4, 4, 1}), Conv2D({.filters = 2, .kernel_size = {3, 3}}), Flatten(), Dense({.units = 1})});
  model.compile({.optimizer = SGD(), .loss = "mse"});
  const Tensor<Cpu> x({8, 4, 4, 1}), y({8, 1});
  model.fit(x, y, {.epochs = 2, .verbose = 0});
  save_keras(model, "precompiled.keras");
  const Tensor<Cpu> mine = model.predict(x), loaded = load_keras("precompiled.keras").predict(x);
  std::remove("precompiled.keras");
  return std::equal(mine.data(), mine.data() + 8, loaded.data()) ? 0 : 1;
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
