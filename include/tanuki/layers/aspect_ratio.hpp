#pragma once

// Cutting or padding an image to the aspect ratio of the size that it will be resized to, in whole pixels.
// (keras/src/backend/tensorflow/image.py: resize, keras/src/utils/image_utils.py: smart_resize)

#include "tanuki/ops/crop2d.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki {

/// a · b / c, rounded as Keras does it, in float32, and down.
inline Index scaled(Index a, Index b, Index c) { return Index(float(a * b) / float(c)); }

/// The largest part in the middle that has the aspect ratio of `size`.
template <class B>
ops::Value<B> crop_to_aspect_ratio(ops::Value<B> x, ops::Size2D size) {
  const Index height = x.shape()[0], width = x.shape()[1];
  const Index rows = std::clamp<Index>(scaled(width, size.height, size.width), 1, height),
              columns = std::clamp<Index>(scaled(height, size.width, size.height), 1, width);
  if (rows == height && columns == width) return x;
  const Index top = (height - rows) / 2, left = (width - columns) / 2;
  return ops::crop2d(x, {{top, height - rows - top}, {left, width - columns - left}});
}

/// The image with as many pixels of `value` on both sides as that takes, to a pixel.
template <class B>
ops::Value<B> pad_to_aspect_ratio(ops::Value<B> x, ops::Size2D size, float value) {
  const Index height = x.shape()[0], width = x.shape()[1];
  const ops::Borders borders((std::max(height, scaled(width, size.height, size.width)) - height) / 2,
                             (std::max(width, scaled(height, size.width, size.height)) - width) / 2);
  return borders == ops::Borders() ? x : ops::pad2d(x, borders, value);
}

}  // namespace tanuki
