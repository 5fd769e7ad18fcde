#pragma once

// Affine transforms of images on the CPU. Coordinates are in float32, as TensorFlow's.

#include <algorithm>
#include <cmath>

#include "tanuki/core/context.hpp"
#include "tanuki/ops/affine_transform.hpp"

namespace tanuki::ops {

template <>
struct AffineTransformKernel<Cpu> {
  static void forward(Context<Cpu>& context, std::span<const AffineMatrix> matrices,
                      const AffineSampling& sampling, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    const Shape image = x.shape.without_batch();
    context.parallel(x.shape[0] * image[0], [&](Index task, int) {
      const Index n = task / image[0], start = n * image.elements();
      transform_row(x.data + start, y.data + start, image, matrices[std::size_t(n)], sampling,
                    task % image[0]);
    });
  }

  /// One image (height, width, channels).
  static void transform(const float* x, float* y, const Shape& image, const AffineMatrix& matrix,
                        const AffineSampling& sampling) {
    for (Index row = 0; row < image[0]; ++row) transform_row(x, y, image, matrix, sampling, row);
  }

 private:
  static void transform_row(const float* x, float* y, const Shape& image, const AffineMatrix& m,
                            const AffineSampling& sampling, Index row) {
    const Index height = image[0], width = image[1], channels = image[2];
    const Pixels pixels{x, height, width, channels, sampling.fill_value};
    for (Index column = 0; column < width; ++column) {
      const float across = mapped(m.a0 * float(column) + m.a1 * float(row) + m.a2, width, sampling.fill_mode);
      const float down = mapped(m.b0 * float(column) + m.b1 * float(row) + m.b2, height, sampling.fill_mode);
      float* to = y + (row * width + column) * channels;
      if (sampling.bilinear) {
        pixels.between(across, down, to);
      } else {
        pixels.nearest(across, down, to);
      }
    }
  }

  /// Where on an axis of `size` pixels a place is read; with constant it may lie outside.
  static float mapped(float place, Index size, FillMode mode) {
    const float n = float(size);
    if (mode == FillMode::constant) return place;
    if (mode == FillMode::reflect && (place < 0 || place >= n)) {
      place -= 2 * n * std::floor(place / (2 * n));
      if (place >= n) place = 2 * n - 1 - place;
    }
    if (mode == FillMode::wrap && size > 1) {
      const float period = n - 1;  // TensorFlow's: it jumps by n where it has left by n - 1
      if (place < 0) {
        place += n * (std::floor(-place / period) + 1);
      } else if (place > period) {
        place -= n * std::floor(place / period);
      }
    }
    return std::min(std::max(place, 0.0f), n - 1);
  }

  struct Pixels {
    const float* x;
    Index height, width, channels;
    float fill_value;

    /// Null outside of the image.
    const float* at(float row, float column) const {
      if (!(row >= 0 && row < float(height) && column >= 0 && column < float(width))) return nullptr;
      return x + (Index(row) * width + Index(column)) * channels;
    }

    void nearest(float across, float down, float* to) const {
      const float* from = at(std::round(down), std::round(across));
      for (Index c = 0; c < channels; ++c) to[c] = from ? from[c] : fill_value;
    }

    void between(float across, float down, float* to) const {
      if (across >= 0 && across <= float(width - 1) && down >= 0 && down <= float(height - 1)) {
        inside(across, down, to);
      } else {
        partly_outside(across, down, to);
      }
    }

   private:
    void inside(float across, float down, float* to) const {
      const Index left = Index(across), top = Index(down);
      const float right_part = across - float(left), left_part = 1.0f - right_part;
      const float bottom_part = down - float(top), top_part = 1.0f - bottom_part;
      const float* above = x + (top * width + left) * channels;
      const float* below = top + 1 < height ? above + width * channels : above;
      const Index right = left + 1 < width ? channels : 0;
      for (Index c = 0; c < channels; ++c) {
        const float upper = left_part * above[c] + right_part * above[right + c];
        const float lower = left_part * below[c] + right_part * below[right + c];
        to[c] = top_part * upper + bottom_part * lower;
      }
    }

    void partly_outside(float across, float down, float* to) const {
      const float left = std::floor(across), top = std::floor(down);
      const float right_part = across - left, left_part = 1.0f - right_part;
      const float bottom_part = down - top, top_part = 1.0f - bottom_part;
      const float *top_left = at(top, left), *top_right = at(top, left + 1);
      const float *bottom_left = at(top + 1, left), *bottom_right = at(top + 1, left + 1);
      const auto value = [&](const float* from, Index c) { return from ? from[c] : fill_value; };
      for (Index c = 0; c < channels; ++c) {
        const float above = left_part * value(top_left, c) + right_part * value(top_right, c);
        const float below = left_part * value(bottom_left, c) + right_part * value(bottom_right, c);
        to[c] = top_part * above + bottom_part * below;
      }
    }
  };
};

}  // namespace tanuki::ops
