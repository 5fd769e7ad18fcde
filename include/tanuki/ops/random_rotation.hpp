#pragma once

// Turns each image (height, width, channels) of a batch about its centre ((W - 1) / 2, (H - 1) / 2), image n
// by uniform(n) between two angles; positive is counter-clockwise.
// (keras/src/layers/preprocessing/image_preprocessing/random_rotation.py)

#include <cmath>

#include "tanuki/ops/affine_transform.hpp"

namespace tanuki::ops {

/// In radians.
struct AngleRange {
  float lower, upper;
};

/// In float32 and in the order of Keras' _compute_affine_matrix.
inline AffineMatrix rotation_matrix(float angle, Index height, Index width) {
  const float cosine = std::cos(angle), sine = std::sin(angle);
  const float x = 0.5f * float(width - 1), y = 0.5f * float(height - 1);
  return {cosine, -sine, x - x * cosine + y * sine, sine, cosine, y - x * sine - y * cosine};
}

template <class B>
class RandomRotation final : public AffineTransform<B> {
 public:
  explicit RandomRotation(AngleRange range, AffineSampling sampling = {})
      : AffineTransform<B>(sampling), range_(range) {}

  std::string_view name() const override { return "random_rotation"; }

 private:
  std::uint64_t draws() const override { return 1; }
  AffineMatrix matrix(const Random& random, std::uint64_t first, Index height, Index width) const override {
    return rotation_matrix(random.uniform(first, range_.lower, range_.upper), height, width);
  }

  AngleRange range_;
};

template <class B>
Value<B> random_rotation(Value<B> x, AngleRange range, AffineSampling sampling = {}) {
  return x.graph->emit(std::make_shared<RandomRotation<B>>(range, sampling), x);
}

}  // namespace tanuki::ops
