#pragma once

// What a network is fed, back as a picture that can be looked at.

#include "tanuki/data/image.hpp"

namespace tanuki {

/// (height, width, 1 or 3) with values from 0 to 255, from 0 to 1 or from -1 to 1, whichever their least and largest fit
/// first; any others are stretched over 0 to 255. Throws Error for another shape.
inline Image as_pixels(const Tensor<Cpu>& image) {
  const Shape& shape = image.shape();
  if (shape.rank() != 3 || (shape[2] != 1 && shape[2] != 3) || shape.elements() == 0)
    fail("[as_pixels] a tensor of shape ", shape, " was given, expected (height, width, 1 or 3)");
  const auto [low, high] = std::minmax_element(image.data(), image.data() + image.size());
  float from = *low, to = *high;
  if (from >= -1e-3f && to <= 1.001f) {
    from = 0, to = 1;
  } else if (from >= -1.001f && to <= 1.001f) {
    from = -1, to = 1;
  } else if (from >= -0.5f && to <= 255.5f) {
    from = 0, to = 255;
  }
  Tensor<Cpu> pixels(Shape{shape[0], shape[1], 3});
  for (Index i = 0; i < pixels.size(); ++i) {
    const float value = image.data()[shape[2] == 3 ? i : i / 3];
    pixels.data()[i] = to > from ? (value - from) / (to - from) * 255 : 0;
  }
  return to_image(pixels.view());
}

}  // namespace tanuki
