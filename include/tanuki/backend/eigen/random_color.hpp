#pragma once

// Contrast and brightness on the CPU, an image a task.

#include <vector>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/random_color.hpp"

namespace tanuki::ops {

template <>
struct RandomColorKernel<Cpu> {
  using Values = std::array<float, 2>;

  static void contrast(Context<Cpu>& context, const Random& random, const RandomColorOptions& options,
                       ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Shape image = x.shape.without_batch();
    context.parallel(x.shape[0], [&](Index n, int) {
      const Index start = n * image.elements();
      contrast_image(x.data + start, y.data + start, image,
                     random.uniform(std::uint64_t(n), options.lower, options.upper), options.values);
    });
  }

  static void brightness(Context<Cpu>& context, const Random& random, const RandomColorOptions& options,
                         ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Index size = x.shape.without_batch().elements();
    context.parallel(x.shape[0], [&](Index n, int) {
      brightness_image(x.data + n * size, y.data + n * size, size,
                       random.uniform(std::uint64_t(n), options.lower, options.upper), options.values);
    });
  }

  /// One image.
  static void contrast_image(const float* x, float* y, const Shape& image, float factor, Values values) {
    const Index channels = image[2], pixels = image[0] * image[1];
    std::vector<double> sums(static_cast<std::size_t>(channels));
    for (Index i = 0; i < pixels; ++i) {
      for (Index c = 0; c < channels; ++c) sums[std::size_t(c)] += double(x[i * channels + c]);
    }
    std::vector<float> means;
    for (double sum : sums) means.push_back(float(sum / double(pixels)));
    for (Index i = 0; i < pixels; ++i) {
      for (Index c = 0; c < channels; ++c) {
        const float mean = means[std::size_t(c)], value = (x[i * channels + c] - mean) * factor + mean;
        y[i * channels + c] = clip(value, values);
      }
    }
  }

  static void brightness_image(const float* x, float* y, Index size, float change, Values values) {
    eigen::vector_loop(0, size, [=](Index i) { y[i] = clip(x[i] + change, values); });
  }

 private:
  static float clip(float value, Values values) {
    const float above = value < values[0] ? values[0] : value;
    return above > values[1] ? values[1] : above;
  }
};

}  // namespace tanuki::ops
