#pragma once

// Keras' activations by name, for Activation and for the `activation` option of other layers, each with its
// default arguments. (keras/src/activations)

#include <string_view>

#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/glu.hpp"
#include "tanuki/ops/softmax.hpp"
#include "tanuki/ops/sparsemax.hpp"

namespace tanuki {

struct ActivationFunction {
  enum class Form { linear, elementwise, softmax, sparsemax, glu };

  std::string_view name;
  Form form = Form::linear;
  ops::ActivationKind kind = {};
  ops::ActivationArguments arguments = {};
  ops::SoftmaxKind softmax = {};
};

namespace detail {

constexpr ActivationFunction elementwise(std::string_view name, ops::ActivationKind kind, float a = 0) {
  return {name, ActivationFunction::Form::elementwise, kind, {.a = a}, {}};
}
constexpr ActivationFunction over_channels(std::string_view name, ops::SoftmaxKind kind) {
  return {name, ActivationFunction::Form::softmax, {}, {}, kind};
}

inline constexpr ActivationFunction activation_functions[] = {
    {"linear"},
    elementwise("relu", ops::ActivationKind::relu),
    elementwise("leaky_relu", ops::ActivationKind::leaky_relu, 0.2f),
    elementwise("relu6", ops::ActivationKind::relu6),
    over_channels("softmax", ops::SoftmaxKind::softmax),
    elementwise("celu", ops::ActivationKind::celu, 1),
    elementwise("elu", ops::ActivationKind::elu, 1),
    elementwise("selu", ops::ActivationKind::selu),
    elementwise("softplus", ops::ActivationKind::softplus),
    elementwise("softsign", ops::ActivationKind::softsign),
    elementwise("squareplus", ops::ActivationKind::squareplus, 4),
    elementwise("soft_shrink", ops::ActivationKind::soft_shrink, 0.5f),
    elementwise("sparse_plus", ops::ActivationKind::sparse_plus),
    elementwise("silu", ops::ActivationKind::silu),
    elementwise("swish", ops::ActivationKind::silu),
    elementwise("gelu", ops::ActivationKind::gelu),
    {"glu", ActivationFunction::Form::glu},
    elementwise("tanh", ops::ActivationKind::tanh),
    elementwise("tanh_shrink", ops::ActivationKind::tanh_shrink),
    elementwise("sigmoid", ops::ActivationKind::sigmoid),
    elementwise("sparse_sigmoid", ops::ActivationKind::sparse_sigmoid),
    elementwise("exponential", ops::ActivationKind::exponential),
    elementwise("hard_sigmoid", ops::ActivationKind::hard_sigmoid),
    elementwise("hard_silu", ops::ActivationKind::hard_silu),
    elementwise("hard_swish", ops::ActivationKind::hard_silu),
    {"hard_tanh", ActivationFunction::Form::elementwise, ops::ActivationKind::clip, {-1, 1}},
    elementwise("hard_shrink", ops::ActivationKind::hard_shrink, 0.5f),
    elementwise("mish", ops::ActivationKind::mish),
    {"sparsemax", ActivationFunction::Form::sparsemax},
    over_channels("log_softmax", ops::SoftmaxKind::log_softmax),
    elementwise("log_sigmoid", ops::ActivationKind::log_sigmoid)};

}  // namespace detail

/// Throws Error, with the list of those there are, where the name is unknown. "" is linear. Keras' `threshold`
/// has no default arguments, so that a layer cannot name it.
inline ActivationFunction find_activation(std::string_view name) {
  if (name.empty()) name = "linear";
  std::string known;
  for (const auto& function : detail::activation_functions) {
    if (function.name == name) return function;
    known += (known.empty() ? "" : ", ") + std::string(function.name);
  }
  fail("unknown activation '", name, "': expected one of ", known);
}

template <class B>
ops::Value<B> activate(ops::Value<B> x, const ActivationFunction& function) {
  switch (function.form) {
    case ActivationFunction::Form::elementwise:
      return ops::activation(x, function.kind, function.arguments);
    case ActivationFunction::Form::softmax:
      return ops::softmax(x, function.softmax);
    case ActivationFunction::Form::sparsemax:
      return ops::sparsemax(x);
    case ActivationFunction::Form::glu:
      return ops::glu(x);
    case ActivationFunction::Form::linear:
      break;
  }
  return x;
}

}  // namespace tanuki
