// What a user writes first. Prints 2 2 0 and 2 0 2.

#include <iostream>
#include <tanuki/tanuki.hpp>

int main() {
  tanuki::Dense layer({.units = 1});
  layer.build({4});
  for (const bool trainable : {true, false}) {
    layer.trainable(trainable);
    std::cout << layer.weights().size() << ' ' << layer.trainable_weights().size() << ' '
              << layer.non_trainable_weights().size() << '\n';
  }
}
