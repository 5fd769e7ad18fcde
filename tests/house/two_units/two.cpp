// A function that is not inline, in any header, is here a second definition: this program then does not link.

#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>

tanuki::Index weights_of_one();

int main() {
  tanuki::Dense layer({.units = 1});
  layer.build({4});
  return tanuki::Index(layer.weights().size()) == weights_of_one() ? 0 : 1;
}
