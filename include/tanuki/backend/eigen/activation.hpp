#pragma once

// Elementwise activations on the CPU. Those that networks spend time in are loops of vectors.

#include "tanuki/backend/eigen/activation_formulas.hpp"
#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/backend/eigen/vector_loop.hpp"

namespace tanuki::ops {

template <>
struct ActivationKernel<Cpu> {
  static void forward(Context<Cpu>& context, ActivationKind kind, const ActivationArguments& is,
                      ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    context.parallel_blocks(y.size(), block, [=](Index first, Index last) {
      value(kind, is, x.data + first, y.data + first, last - first);
    });
  }

  static void backward(Context<Cpu>& context, ActivationKind kind, const ActivationArguments& is,
                       ConstTensorView<Cpu> v, ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    context.parallel_blocks(dx.size(), block, [=](Index first, Index last) {
      slope(kind, is, v.data + first, dy.data + first, dx.data + first, last - first);
    });
  }

 private:
  static constexpr Index block = 1 << 14;

  static float relu6(float x) {
    const float high = x > 6.0f ? 6.0f : x;
    return high < 0.0f ? 0.0f : high;
  }

  static void value(ActivationKind kind, const ActivationArguments& is, const float* x, float* y,
                    Index count) {
    const auto apply = [=](auto f) { eigen::vector_loop(0, count, [=](Index i) { y[i] = f(x[i]); }); };
    switch (kind) {
      case ActivationKind::relu:
        return eigen::kernels().relu(y, x, count);
      case ActivationKind::relu6:
        return eigen::kernels().relu6(y, x, count);
      case ActivationKind::leaky_relu:
        return apply([a = is.a](float v) {
          const float low = a * v;
          return v > 0.0f ? v : low;
        });
      case ActivationKind::hard_sigmoid:
        return apply([](float v) { return relu6(v + 3.0f) / 6.0f; });
      case ActivationKind::hard_silu:
        return apply([](float v) { return v * (relu6(v + 3.0f) / 6.0f); });
      case ActivationKind::sigmoid:
        return eigen::kernels().curve(eigen::Curve::sigmoid, y, x, count);
      case ActivationKind::silu:
        return eigen::kernels().curve(eigen::Curve::silu, y, x, count);
      case ActivationKind::gelu:
        return eigen::kernels().curve(eigen::Curve::gelu, y, x, count);
      case ActivationKind::gelu_tanh:
        return eigen::kernels().curve(eigen::Curve::gelu_tanh, y, x, count);
      default:
        break;
    }
    const auto formula = eigen::activation_value(kind);
    for (Index i = 0; i < count; ++i) y[i] = formula(x[i], is);
  }

  static void slope(ActivationKind kind, const ActivationArguments& is, const float* v, const float* dy,
                    float* dx, Index count) {
    const auto apply = [=](auto f) {
      eigen::vector_loop(0, count, [=](Index i) {
        const float at = v[i], gradient = dy[i];
        dx[i] = f(at, gradient);
      });
    };
    switch (kind) {
      case ActivationKind::relu:
        return apply([](float y, float d) { return y > 0.0f ? d : 0.0f; });
      case ActivationKind::relu6:
        return apply([](float y, float d) {
          const float inside = y < 6.0f ? d : 0.0f;
          return y > 0.0f ? inside : 0.0f;
        });
      case ActivationKind::leaky_relu:
        return apply([a = is.a](float y, float d) {
          const float low = a * d;
          return y > 0.0f ? d : low;
        });
      case ActivationKind::hard_sigmoid:
        return apply([](float y, float d) {
          const float share = d / 6.0f, inside = y < 1.0f ? share : 0.0f;
          return y > 0.0f ? inside : 0.0f;
        });
      case ActivationKind::hard_silu:
        return apply([](float x, float d) {
          const float moved = x + 3.0f, inside = moved < 6.0f ? x / 6.0f : 0.0f;
          return d * (relu6(moved) / 6.0f + (moved > 0.0f ? inside : 0.0f));
        });
      case ActivationKind::sigmoid:
        return apply([](float y, float d) { return d * y * (1.0f - y); });
      case ActivationKind::silu:
        return eigen::kernels().curve_gradient(eigen::Curve::silu, dx, v, dy, count);
      case ActivationKind::gelu:
        return eigen::kernels().curve_gradient(eigen::Curve::gelu, dx, v, dy, count);
      case ActivationKind::gelu_tanh:
        return eigen::kernels().curve_gradient(eigen::Curve::gelu_tanh, dx, v, dy, count);
      default:
        break;
    }
    const auto formula = eigen::activation_slope(kind);
    for (Index i = 0; i < count; ++i) dx[i] = dy[i] * formula(v[i], is);
  }
};

}  // namespace tanuki::ops
