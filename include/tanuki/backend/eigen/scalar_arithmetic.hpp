#pragma once

// Arithmetic of a tensor and a number on the CPU.

#include <cmath>

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/scalar_arithmetic.hpp"

namespace tanuki::ops {

template <>
struct ScalarArithmeticKernel<Cpu> {
  static void forward(Context<Cpu>& context, const ScalarArguments& is, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const auto run = [&, s = is.scalar](auto f) {
      eigen::elementwise(context, y.size(), [=, x = x.data, y = y.data](Index i) { y[i] = f(x[i], s); });
    };
    switch (is.kind) {
      case ScalarArithmetic::add:
        return run([](float v, float s) { return v + s; });
      case ScalarArithmetic::subtract:
        if (is.scalar_first) return run([](float v, float s) { return s - v; });
        return run([](float v, float s) { return v - s; });
      case ScalarArithmetic::multiply:
        return run([](float v, float s) { return v * s; });
      case ScalarArithmetic::divide:
        if (is.scalar_first) return run([](float v, float s) { return s / v; });
        return run([](float v, float s) { return v / s; });
      case ScalarArithmetic::maximum:
        return run([](float v, float s) { return v >= s ? v : s; });
      case ScalarArithmetic::minimum:
        return run([](float v, float s) { return v <= s ? v : s; });
      case ScalarArithmetic::power:
        if (is.scalar_first) return run([](float v, float s) { return std::pow(s, v); });
        if (is.scalar == 2) return run([](float v, float) { return v * v; });
        return run([](float v, float s) { return std::pow(v, s); });
    }
  }

  static void backward(Context<Cpu>& context, const ScalarArguments& is, ConstTensorView<Cpu> x,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const auto run = [&, s = is.scalar](auto f) {
      eigen::elementwise(context, dx.size(),
                         [=, x = x ? x.data : dy.data, dy = dy.data, dx = dx.data](Index i) {
                           const float value = x[i], gradient = dy[i];
                           dx[i] = f(value, s, gradient);
                         });
    };
    const bool first = is.scalar_first;
    switch (is.kind) {
      case ScalarArithmetic::add:
        return run([](float, float, float d) { return d; });
      case ScalarArithmetic::subtract:
        if (first) return run([](float, float, float d) { return -d; });
        return run([](float, float, float d) { return d; });
      case ScalarArithmetic::multiply:
        return run([](float, float s, float d) { return d * s; });
      case ScalarArithmetic::divide:
        if (first) return run([](float v, float s, float d) { return d * (-s / v / v); });
        return run([](float, float s, float d) { return d / s; });
      case ScalarArithmetic::maximum:  // where both are equal, the first one has it
        return run([first](float v, float s, float d) { return v > s || (v == s && !first) ? d : 0.0f; });
      case ScalarArithmetic::minimum:
        return run([first](float v, float s, float d) { return v < s || (v == s && !first) ? d : 0.0f; });
      case ScalarArithmetic::power:
        if (first) return run([](float v, float s, float d) { return d * std::pow(s, v) * std::log(s); });
        return run([](float v, float s, float d) { return d * s * std::pow(v, s - 1); });
    }
  }
};

}  // namespace tanuki::ops
