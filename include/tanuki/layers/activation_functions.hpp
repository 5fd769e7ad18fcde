#pragma once

// Keras' activations by name, for Activation and for the `activation` option of other layers.
// (keras/src/activations)

#include <optional>
#include <string_view>

#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/softmax.hpp"

namespace tanuki {

enum class ActivationFunction { linear, relu, elu, sigmoid, tanh, softmax };

/// Throws Error, with the list of those there are, where the name is unknown. "" is linear.
inline ActivationFunction find_activation(std::string_view name) {
  if (name.empty() || name == "linear") return ActivationFunction::linear;
  if (name == "relu") return ActivationFunction::relu;
  if (name == "elu") return ActivationFunction::elu;
  if (name == "sigmoid") return ActivationFunction::sigmoid;
  if (name == "tanh") return ActivationFunction::tanh;
  if (name == "softmax") return ActivationFunction::softmax;
  fail("unknown activation '", name, "': expected linear, relu, elu, sigmoid, tanh or softmax");
}

template <class B>
ops::Value<B> activate(ops::Value<B> x, ActivationFunction function) {
  switch (function) {
    case ActivationFunction::relu:
      return ops::activation(x, ops::ActivationKind::relu);
    case ActivationFunction::elu:
      return ops::activation(x, ops::ActivationKind::elu);
    case ActivationFunction::sigmoid:
      return ops::activation(x, ops::ActivationKind::sigmoid);
    case ActivationFunction::tanh:
      return ops::activation(x, ops::ActivationKind::tanh);
    case ActivationFunction::softmax:
      return ops::softmax(x);
    case ActivationFunction::linear:
      break;
  }
  return x;
}

}  // namespace tanuki
