#pragma once

// One number at a time: the values and slopes of the activations that have no loop of vectors of their own.
// (keras/src/backend/tensorflow/nn.py)

#include <algorithm>
#include <cmath>

#include "tanuki/ops/activation.hpp"

namespace tanuki::eigen {

using ActivationFormula = float (*)(float, const ops::ActivationArguments&);

inline constexpr float selu_scale = 1.0507009873554804934f, selu_alpha = 1.6732632423543772848f;

inline float sigmoid_of(float x) { return 1.0f / (1.0f + std::exp(-x)); }
inline float softplus_of(float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::abs(x))); }

/// f(x).
inline ActivationFormula activation_value(ops::ActivationKind kind) {
  using K = ops::ActivationKind;
  using Arguments = const ops::ActivationArguments&;
  switch (kind) {
    case K::elu:
      return [](float x, Arguments is) { return x > 0 ? x : is.a * std::expm1(x); };
    case K::selu:
      return [](float x, Arguments) { return selu_scale * (x > 0 ? x : selu_alpha * std::expm1(x)); };
    case K::celu:
      return [](float x, Arguments is) { return x > 0 ? x : is.a * std::expm1(x / is.a); };
    case K::log_sigmoid:
      return [](float x, Arguments) { return -softplus_of(-x); };
    case K::sparse_sigmoid:
      return [](float x, Arguments) { return x <= -1 ? 0.0f : x >= 1 ? 1.0f : 0.5f * (x + 1); };
    case K::tanh:
      return [](float x, Arguments) { return std::tanh(x); };
    case K::tanh_shrink:
      return [](float x, Arguments) { return x - std::tanh(x); };
    case K::hard_shrink:
      return [](float x, Arguments is) { return std::abs(x) > is.a ? x : 0.0f; };
    case K::soft_shrink:
      return [](float x, Arguments is) { return x > is.a ? x - is.a : x < -is.a ? x + is.a : 0.0f; };
    case K::sparse_plus:
      return [](float x, Arguments) { return x <= -1 ? 0.0f : x < 1 ? 0.25f * (x + 1) * (x + 1) : x; };
    case K::squareplus:
      return [](float x, Arguments is) { return (x + std::sqrt(x * x + is.a)) / 2; };
    case K::softplus:
      return [](float x, Arguments) { return softplus_of(x); };
    case K::softsign:
      return [](float x, Arguments) { return x / (1 + std::abs(x)); };
    case K::exponential:
      return [](float x, Arguments) { return std::exp(x); };
    case K::mish:
      return [](float x, Arguments) { return x * std::tanh(softplus_of(x)); };
    case K::threshold:
      return [](float x, Arguments is) { return x > is.a ? x : is.b; };
    case K::clip:
      return [](float x, Arguments is) { return x < is.a ? is.a : x > is.b ? is.b : x; };
    case K::negative:
      return [](float x, Arguments) { return -x; };
    case K::absolute:
      return [](float x, Arguments) { return std::abs(x); };
    case K::square:
      return [](float x, Arguments) { return x * x; };
    case K::sqrt:
      return [](float x, Arguments) { return std::sqrt(x); };
    default:
      return nullptr;
  }
}

/// f'(x), from f(x) where ops::slope_from_output() says so, else from x.
inline ActivationFormula activation_slope(ops::ActivationKind kind) {
  using K = ops::ActivationKind;
  using Arguments = const ops::ActivationArguments&;
  switch (kind) {
    case K::elu:
      return [](float y, Arguments is) { return y > 0 ? 1 : y + is.a; };
    case K::selu:
      return [](float y, Arguments) { return y < 0 ? y + selu_scale * selu_alpha : selu_scale; };
    case K::celu:
      return [](float x, Arguments is) { return x > 0 ? 1 : std::exp(x / is.a); };
    case K::log_sigmoid:
      return [](float x, Arguments) { return sigmoid_of(-x); };
    case K::sparse_sigmoid:
      return [](float x, Arguments) { return x > -1 && x < 1 ? 0.5f : 0.0f; };
    case K::tanh:
      return [](float y, Arguments) { return 1 - y * y; };
    case K::tanh_shrink:
      return [](float x, Arguments) { return std::tanh(x) * std::tanh(x); };
    case K::hard_shrink:
    case K::soft_shrink:
      return [](float x, Arguments is) { return std::abs(x) > is.a ? 1.0f : 0.0f; };
    case K::sparse_plus:
      return [](float x, Arguments) { return x <= -1 ? 0 : x < 1 ? 0.5f * (x + 1) : 1; };
    case K::squareplus:
      return [](float x, Arguments is) { return (1 + x / std::sqrt(x * x + is.a)) / 2; };
    case K::softplus:
      return [](float x, Arguments) { return sigmoid_of(x); };
    case K::softsign:
      return [](float x, Arguments) { return 1 / ((1 + std::abs(x)) * (1 + std::abs(x))); };
    case K::exponential:
      return [](float y, Arguments) { return y; };
    case K::mish:
      return [](float x, Arguments) {
        const float t = std::tanh(softplus_of(x));
        return t + x * (1 - t * t) * sigmoid_of(x);
      };
    case K::threshold:
      return [](float x, Arguments is) { return x > is.a ? 1.0f : 0.0f; };
    case K::clip:
      return [](float x, Arguments is) { return x < is.a || x > is.b ? 0.0f : 1.0f; };
    case K::negative:
      return [](float, Arguments) { return -1.0f; };
    case K::absolute:
      return [](float x, Arguments) { return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f; };
    case K::square:
      return [](float x, Arguments) { return 2 * x; };
    case K::sqrt:
      return [](float y, Arguments) { return 0.5f / y; };
    default:
      return nullptr;
  }
}

}  // namespace tanuki::eigen
