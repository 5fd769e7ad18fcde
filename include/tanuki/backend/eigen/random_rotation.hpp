#pragma once

// Rotation on the CPU. Coordinates are in float32 and in the order of Keras' affine matrix.

#include <algorithm>
#include <cmath>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/random_rotation.hpp"

namespace tanuki::ops {

template <>
struct RandomRotationKernel<Cpu> {
  static void forward(Context<Cpu>& context, const Random& random, AngleRange range, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y) {
    const Shape image = x.shape.without_batch();
    context.parallel(x.shape[0] * image[0], [&](Index task, int) {
      const Index n = task / image[0], row = task % image[0];
      const float angle = random.uniform(std::uint64_t(n), range.lower, range.upper);
      rotate_row(x.data + n * image.elements(), y.data + n * image.elements(), image, angle, row);
    });
  }

  /// One image (height, width, channels) by an angle in radians, counter-clockwise.
  static void rotate(const float* x, float* y, const Shape& image, float angle) {
    for (Index row = 0; row < image[0]; ++row) rotate_row(x, y, image, angle, row);
  }

 private:
  static void rotate_row(const float* x, float* y, const Shape& image, float angle, Index row) {
    const Index height = image[0], width = image[1], channels = image[2];
    const float cosine = std::cos(angle), sine = std::sin(angle);
    const float center_x = 0.5f * float(width - 1), center_y = 0.5f * float(height - 1);
    const float shift_x = center_x - center_x * cosine + center_y * sine;
    const float shift_y = center_y - center_x * sine - center_y * cosine;
    for (Index column = 0; column < width; ++column) {
      const Between across(cosine * float(column) - sine * float(row) + shift_x, width);
      const Between down(sine * float(column) + cosine * float(row) + shift_y, height);
      const float* top = x + down.first * width * channels;
      const float* bottom = x + down.second * width * channels;
      const Index left = across.first * channels, right = across.second * channels;
      float* to = y + (row * width + column) * channels;
      for (Index c = 0; c < channels; ++c) {
        const float above = across.toward_first * top[left + c] + across.toward_second * top[right + c];
        const float below = across.toward_first * bottom[left + c] + across.toward_second * bottom[right + c];
        to[c] = down.toward_first * above + down.toward_second * below;
      }
    }
  }

  /// A place on an axis between two pixels, and how much of each; mirrored back where it lies outside.
  struct Between {
    Index first, second;
    float toward_first, toward_second;

    Between(float place, Index size) {
      const float n = float(size);
      if (place < 0 || place >= n) {
        place -= 2 * n * std::floor(place / (2 * n));
        if (place >= n) place = 2 * n - 1 - place;
      }
      place = std::min(std::max(place, 0.0f), n - 1);
      first = Index(place);
      second = std::min(first + 1, size - 1);
      toward_second = place - float(first);
      toward_first = 1.0f - toward_second;
    }
  };
};

}  // namespace tanuki::ops
