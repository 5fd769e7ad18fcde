#pragma once

// Elementwise activations on the CPU.

#include <cmath>

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/activation.hpp"

namespace tanuki::ops {

template <>
struct ActivationKernel<Cpu> {
  static void forward(Context<Cpu>& context, ActivationKind kind, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const auto apply = [&](auto f) {
      eigen::elementwise(context, y.size(), [x = x.data, y = y.data, f](Index i) { y[i] = f(x[i]); });
    };
    switch (kind) {
      case ActivationKind::relu:
        return apply([](float v) { return v < 0.0f ? 0.0f : v; });
      case ActivationKind::elu:
        return apply([](float v) { return v > 0.0f ? v : std::expm1(v); });
      case ActivationKind::sigmoid:
        return apply([](float v) { return 1.0f / (1.0f + std::exp(-v)); });
      case ActivationKind::tanh:
        return apply([](float v) { return std::tanh(v); });
    }
  }

  static void backward(Context<Cpu>& context, ActivationKind kind, ConstTensorView<Cpu> y,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const auto apply = [&](auto f) {
      eigen::elementwise(context, y.size(), [y = y.data, dy = dy.data, dx = dx.data, f](Index i) {
        const float value = y[i], gradient = dy[i];
        dx[i] = f(value, gradient);
      });
    };
    switch (kind) {
      case ActivationKind::relu:
        return apply([](float v, float d) { return v > 0.0f ? d : 0.0f; });
      case ActivationKind::elu:
        return apply([](float v, float d) { return v > 0.0f ? d : d * (v + 1.0f); });
      case ActivationKind::sigmoid:
        return apply([](float v, float d) { return d * v * (1.0f - v); });
      case ActivationKind::tanh:
        return apply([](float v, float d) { return d * (1.0f - v * v); });
    }
  }
};

}  // namespace tanuki::ops
