#pragma once

// Zooms each image (height, width, channels) of a batch about its centre. A scale is how much of the image is seen:
// above 1 it gets smaller. Image n draws its height's scale, uniform(2 n), and its width's, uniform(2 n + 1), unless
// both are to be the same. (keras/src/layers/preprocessing/image_preprocessing/random_zoom.py)

#include <optional>

#include "tanuki/ops/affine_transform.hpp"

namespace tanuki::ops {

struct ScaleRange {
  float lower, upper;
};

inline AffineMatrix zoom_matrix(float across, float down, Index height, Index width) {
  return {across, 0, (float(width) - 1) / 2 * (1 - across), 0, down, (float(height) - 1) / 2 * (1 - down)};
}

template <class B>
class RandomZoom final : public AffineTransform<B> {
 public:
  /// No `width`: as the height.
  RandomZoom(ScaleRange height, std::optional<ScaleRange> width, AffineSampling sampling = {})
      : AffineTransform<B>(sampling), height_(height), width_(width) {}

  std::string_view name() const override { return "random_zoom"; }

 private:
  std::uint64_t draws() const override { return 2; }
  AffineMatrix matrix(const Random& random, std::uint64_t first, Index height, Index width) const override {
    const float down = random.uniform(first, height_.lower, height_.upper);
    const float across = width_ ? random.uniform(first + 1, width_->lower, width_->upper) : down;
    return zoom_matrix(across, down, height, width);
  }

  ScaleRange height_;
  std::optional<ScaleRange> width_;
};

template <class B>
Value<B> random_zoom(Value<B> x, ScaleRange height, std::optional<ScaleRange> width,
                     AffineSampling sampling = {}) {
  return x.graph->emit(std::make_shared<RandomZoom<B>>(height, width, sampling), x);
}

}  // namespace tanuki::ops
