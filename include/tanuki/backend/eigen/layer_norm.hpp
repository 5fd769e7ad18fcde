#pragma once

// Layer normalisation on the CPU: a row stays in the cache for its passes.

#include <cmath>
#include <vector>

#include "tanuki/backend/eigen/axis_rows.hpp"
#include "tanuki/ops/layer_norm.hpp"

namespace tanuki::ops {

template <>
struct LayerNormKernel<Cpu> {
  static void forward(Context<Cpu>& context, const AxisRows& rows, const LayerNormOptions& options,
                      ConstTensorView<Cpu> x, ConstTensorView<Cpu> gamma, ConstTensorView<Cpu> beta,
                      TensorView<Cpu> y) {
    const Index size = rows.size;
    if (x.size() == 0) return;
    context.parallel_blocks(x.size() / size, eigen::rows_per_task(size), [&](Index first, Index last) {
      eigen::each_row(rows, first, last, x.data, nullptr, y.data,
                      [&](const float* from, const float*, float* to) {
                        const auto [mean, inverse] = statistics(from, size, options.epsilon);
                        const float center = options.rms_scaling ? 0 : mean;
                        normalize(from, size, center, inverse, gamma.data, beta.data, to);
                      });
    });
  }

  // With x̂ = (x - mean) / deviation and g = dy · gamma: dx = (g - mean(g) - x̂ · mean(g · x̂)) / deviation; with
  // rms_scaling dx = (g - x̂ · mean(g · x / deviation)) / deviation.
  static void backward(Context<Cpu>& context, const AxisRows& rows, const LayerNormOptions& options,
                       ConstTensorView<Cpu> x, ConstTensorView<Cpu> gamma, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx, TensorView<Cpu> dgamma, TensorView<Cpu> dbeta) {
    const Index size = rows.size, count = size ? x.size() / size : 0;
    const Index grain = eigen::rows_per_task(size), blocks = (count + grain - 1) / grain;
    const bool wanted = dgamma || dbeta;
    std::vector<float> parts(std::size_t(wanted ? blocks * 2 * size : 0));
    context.parallel_blocks(count, grain, [&](Index first, Index last) {
      float* to_gamma = wanted ? parts.data() + first / grain * 2 * size : nullptr;
      eigen::each_row(rows, first, last, x.data, dy.data, dx.data,
                      [&](const float* from, const float* gradient, float* to) {
                        const auto [mean, inverse] = statistics(from, size, options.epsilon);
                        const float center = options.rms_scaling ? 0 : mean;
                        if (wanted) add_weights(from, gradient, size, center, inverse, to_gamma);
                        if (to)
                          row_gradient(from, gradient, size, mean, inverse, gamma.data, options.rms_scaling,
                                       to);
                      });
    });
    add_parts(parts, blocks, size, 0, dgamma);
    add_parts(parts, blocks, size, size, dbeta);
  }

 private:
  struct Statistics {
    float mean, inverse;
  };

  static Statistics statistics(const float* x, Index size, float epsilon) {
    const float mean = float(eigen::row_sum(size, [=](auto at) { return at(x); }) / double(size));
    const double squares = eigen::row_sum(size, [=](auto at) {
      const auto distance = at(x) - mean;
      return distance * distance;
    });
    return {mean, float(1 / std::sqrt(squares / double(size) + double(epsilon)))};
  }

  static void normalize(const float* x, Index size, float center, float inverse, const float* gamma,
                        const float* beta, float* y) {
    if (gamma && beta) {
      eigen::vector_loop(0, size, [=](Index c) {
        const float value = (x[c] - center) * inverse, scale = gamma[c], shift = beta[c];
        y[c] = value * scale + shift;
      });
    } else {
      eigen::vector_loop(0, size, [=](Index c) {
        const float value = (x[c] - center) * inverse;
        y[c] = (gamma ? value * gamma[c] : value) + (beta ? beta[c] : 0.0f);
      });
    }
  }

  static void add_weights(const float* x, const float* dy, Index size, float center, float inverse,
                          float* to_gamma) {
    float* to_beta = to_gamma + size;
    eigen::vector_loop(0, size, [=](Index c) {
      const float gradient = dy[c], value = (x[c] - center) * inverse;
      const float before_gamma = to_gamma[c], before_beta = to_beta[c];
      to_gamma[c] = before_gamma + gradient * value;
      to_beta[c] = before_beta + gradient;
    });
  }

  static void row_gradient(const float* x, const float* dy, Index size, float mean, float inverse,
                           const float* gamma, bool rms, float* dx) {
    if (gamma) {
      row_gradient_of([=](auto at) { return at(dy) * at(gamma); }, x, size, mean, inverse, rms, dx);
    } else {
      row_gradient_of([=](auto at) { return at(dy); }, x, size, mean, inverse, rms, dx);
    }
  }

  template <class Gradient>
  static void row_gradient_of(Gradient g, const float* x, Index size, float mean, float inverse, bool rms,
                              float* dx) {
    const float center = rms ? 0 : mean;
    const float slope = float(
        eigen::row_sum(size, [=](auto at) { return g(at) * ((at(x) - center) * inverse); }) / double(size));
    const float level = rms ? 0 : float(eigen::row_sum(size, g) / double(size));
    eigen::vector_loop(0, size, [=](Index c) {
      const float gradient = g(eigen::OneNumber{c}), value = (x[c] - mean) * inverse;
      dx[c] = (gradient - level - value * slope) * inverse;
    });
  }

  static void add_parts(const std::vector<float>& parts, Index blocks, Index size, Index offset,
                        TensorView<Cpu> to) {
    for (Index c = 0; to && c < size; ++c) {
      double sum = 0;
      for (Index block = 0; block < blocks; ++block)
        sum += double(parts[std::size_t(block * 2 * size + offset + c)]);
      to.data[c] = float(sum);
    }
  }
};

}  // namespace tanuki::ops
