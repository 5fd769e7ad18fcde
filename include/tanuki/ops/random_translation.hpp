#pragma once

// Moves each image (height, width, channels) of a batch by parts of its size: image n down by uniform(2 n) of its
// height and to the right by uniform(2 n + 1) of its width.
// (keras/src/layers/preprocessing/image_preprocessing/random_translation.py)

#include "tanuki/ops/affine_transform.hpp"

namespace tanuki::ops {

/// Parts of a height or width.
struct ShiftRange {
  float lower, upper;
};

/// `down` and `right` in pixels.
inline AffineMatrix translation_matrix(float right, float down) { return {1, 0, -right, 0, 1, -down}; }

template <class B>
class RandomTranslation final : public AffineTransform<B> {
 public:
  RandomTranslation(ShiftRange down, ShiftRange right, AffineSampling sampling = {})
      : AffineTransform<B>(sampling), down_(down), right_(right) {}

  std::string_view name() const override { return "random_translation"; }

 private:
  std::uint64_t draws() const override { return 2; }
  AffineMatrix matrix(const Random& random, std::uint64_t first, Index height, Index width) const override {
    return translation_matrix(random.uniform(first + 1, right_.lower, right_.upper) * float(width),
                              random.uniform(first, down_.lower, down_.upper) * float(height));
  }

  ShiftRange down_, right_;
};

template <class B>
Value<B> random_translation(Value<B> x, ShiftRange down, ShiftRange right, AffineSampling sampling = {}) {
  return x.graph->emit(std::make_shared<RandomTranslation<B>>(down, right, sampling), x);
}

}  // namespace tanuki::ops
