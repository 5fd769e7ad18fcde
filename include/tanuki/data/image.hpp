#pragma once

// An 8-bit RGB picture in memory, and its way to and from a tensor.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "tanuki/core/tensor.hpp"

namespace tanuki {

/// Rows from top to bottom, pixels from left to right, each red, green, blue: height * width * 3 bytes.
struct Image {
  static constexpr Index channels = 3;

  Index height = 0;
  Index width = 0;
  std::vector<std::uint8_t> pixels;
};

/// Height and width, in Keras' order.
struct ImageSize {
  Index height = 0;
  Index width = 0;
};

/// (height, width, 3). Throws Error where the number of bytes is another.
inline Shape image_shape(const Image& image) {
  const Shape shape{image.height, image.width, Image::channels};
  if (Index(image.pixels.size()) != shape.elements())
    fail("[image] ", shape, " has ", image.pixels.size(), " bytes, expected ", shape.elements());
  return shape;
}

/// (height, width, 3), values from 0 to 255.
inline Tensor<Cpu> to_tensor(const Image& image) {
  Tensor<Cpu> tensor(image_shape(image));
  std::copy(image.pixels.begin(), image.pixels.end(), tensor.data());
  return tensor;
}

/// Values are rounded and clamped to 0 … 255; what is no number becomes 0. Throws Error unless `x` is
/// (height, width, 3).
inline Image to_image(ConstTensorView<Cpu> x) {
  if (x.shape.rank() != 3 || x.shape.back() != Image::channels)
    fail("[to_image] a tensor of shape ", x.shape, " was given, expected (height, width, 3)");
  Image image{x.shape[0], x.shape[1], std::vector<std::uint8_t>(std::size_t(x.size()))};
  std::transform(x.data, x.data + x.size(), image.pixels.begin(), [](float value) {
    return value > 0 ? std::uint8_t(std::lround(std::min(value, 255.0f))) : std::uint8_t{0};
  });
  return image;
}

}  // namespace tanuki
