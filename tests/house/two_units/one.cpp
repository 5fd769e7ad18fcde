#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>

tanuki::Index weights_of_one() {
  tanuki::Dense layer({.units = 1});
  layer.build({4});
  return tanuki::Index(layer.weights().size());
}
