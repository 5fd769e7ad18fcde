#pragma once

// Group normalisation on the CPU, an example a task. Sums go down the channels first, in double precision and about
// the group's first value, and are then added over a group's channels.

#include <cmath>
#include <vector>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/group_norm.hpp"

namespace tanuki::ops {

template <>
struct GroupNormKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, Index groups, float epsilon, View x, View gamma, View beta,
                      TensorView<Cpu> y) {
    const Extents of(x.shape, groups);
    context.parallel(of.batch, [&](Index n, int) {
      const float* from = x.data + n * of.rows * of.channels;
      float* to = y.data + n * of.rows * of.channels;
      const Statistics found(from, of, epsilon);
      const float *mean = found.mean.data(), *inverse = found.inverse.data();
      std::vector<float> scales(found.inverse), shifts(std::size_t(of.channels), 0.0f);
      for (Index c = 0; c < of.channels; ++c) {
        if (gamma) scales[std::size_t(c)] = inverse[c] * gamma.data[c];
        if (beta) shifts[std::size_t(c)] = beta.data[c];
      }
      each(of, [=, scale = scales.data(), shift = shifts.data()](Index i, Index c) {
        to[i] = (from[i] - mean[c]) * scale[c] + shift[c];
      });
    });
  }

  // With x̂ = (x - mean) / deviation and g = dy · gamma: dx = (g - mean(g) - x̂ · mean(g · x̂)) / deviation.
  static void backward(Context<Cpu>& context, Index groups, float epsilon, View x, View gamma, View dy,
                       TensorView<Cpu> dx, TensorView<Cpu> dgamma, TensorView<Cpu> dbeta) {
    const Extents of(x.shape, groups);
    const Index channels = of.channels;
    std::vector<double> parts(std::size_t(of.batch * 2 * channels));  // of dgamma, then of dbeta, an example
    context.parallel(of.batch, [&](Index n, int) {
      const float* from = x.data + n * of.rows * channels;
      const float* gradient = dy.data + n * of.rows * channels;
      const Statistics found(from, of, epsilon);
      const float *mean = found.mean.data(), *inverse = found.inverse.data();
      double *with_x = parts.data() + n * 2 * channels, *alone = with_x + channels;
      each(of, [=](Index i, Index c) {
        const double given = gradient[i], before_x = with_x[c], before = alone[c];
        with_x[c] = before_x + given * double((from[i] - mean[c]) * inverse[c]);
        alone[c] = before + given;
      });
      if (!dx) return;
      std::vector<float> levels(static_cast<std::size_t>(channels)), slopes(levels), gammas(levels);
      const double count = double(of.rows * of.width);
      for (Index first = 0; first < channels; first += of.width) {
        double level = 0, slope = 0;
        for (Index c = first; c < first + of.width; ++c) {
          const float scale = gamma ? gamma.data[c] : 1.0f;
          gammas[std::size_t(c)] = scale;
          level += alone[c] * double(scale);
          slope += with_x[c] * double(scale);
        }
        for (Index c = first; c < first + of.width; ++c) {
          levels[std::size_t(c)] = float(level / count);
          slopes[std::size_t(c)] = float(slope / count);
        }
      }
      float* to = dx.data + n * of.rows * channels;
      each(of, [=, level = levels.data(), slope = slopes.data(), scale = gammas.data()](Index i, Index c) {
        const float value = (from[i] - mean[c]) * inverse[c];
        to[i] = (gradient[i] * scale[c] - level[c] - value * slope[c]) * inverse[c];
      });
    });
    for (Index c = 0; c < channels; ++c) {
      double with_x = 0, alone = 0;
      for (Index n = 0; n < of.batch; ++n) {
        with_x += parts[std::size_t(n * 2 * channels + c)];
        alone += parts[std::size_t((n * 2 + 1) * channels + c)];
      }
      if (dgamma) dgamma.data[c] = float(with_x);
      if (dbeta) dbeta.data[c] = float(alone);
    }
  }

 private:
  struct Extents {
    Index batch, channels, rows, width;  ///< rows of an example, channels of a group

    Extents(const Shape& shape, Index groups)
        : batch(shape[0]),
          channels(shape.back()),
          rows(batch && channels ? shape.elements() / batch / channels : 0),
          width(channels / groups) {}
  };

  /// fn(i, c) for every number i of an example and its channel c, see vector_loop.
  template <class Fn>
  static void each(const Extents& of, Fn fn) {
    for (Index row = 0; row < of.rows; ++row) {
      const Index start = row * of.channels;
      eigen::vector_loop(0, of.channels, [=](Index c) { fn(start + c, c); });
    }
  }

  /// Of each channel's group.
  struct Statistics {
    std::vector<float> mean, inverse;

    Statistics(const float* x, const Extents& of, float epsilon)
        : mean(std::size_t(of.channels)), inverse(std::size_t(of.channels)) {
      if (of.rows == 0) return;
      std::vector<double> sums(std::size_t(2 * of.channels));
      double *sum = sums.data(), *squares = sum + of.channels;
      for (Index c = 0; c < of.channels; ++c) mean[std::size_t(c)] = x[c / of.width * of.width];
      each(of, [=, about = mean.data()](Index i, Index c) {
        const double distance = double(x[i]) - double(about[c]);
        const double before = sum[c], before_squares = squares[c];
        sum[c] = before + distance;
        squares[c] = before_squares + distance * distance;
      });
      const double count = double(of.rows * of.width);
      for (Index first = 0; first < of.channels; first += of.width) {
        double total = 0, spread = 0;
        for (Index c = first; c < first + of.width; ++c) total += sum[c], spread += squares[c];
        const double offset = total / count, variance = std::max(0.0, spread / count - offset * offset);
        const float center = float(double(x[first]) + offset);
        for (Index c = first; c < first + of.width; ++c) {
          mean[std::size_t(c)] = center;
          inverse[std::size_t(c)] = float(1 / std::sqrt(variance + double(epsilon)));
        }
      }
    }
  };
};

}  // namespace tanuki::ops
