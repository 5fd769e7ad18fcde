#pragma once

// A weight as pictures for TensorBoard, as Keras makes them: without the axes of extent 1, a bias is a column, a matrix lies on
// its long side, each channel of three axes is a picture of its own. The first three are kept; a number of 0 is black, 1
// white. (keras/src/callbacks/tensorboard.py: _log_weight_as_image)

#include <optional>

#include "tanuki/core/tensor.hpp"
#include "tanuki/io/summary.hpp"

namespace tanuki {

/// Null for a weight that cannot be shown.
inline std::optional<ProtobufMessage> weight_image(const std::string& tag, const Shape& shape,
                                                   std::span<const float> values) {
  std::vector<Index> axes;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(axes),
               [](Index extent) { return extent != 1; });
  if (axes.empty() || axes.size() > 4 || values.empty()) return std::nullopt;

  // Number, height, width and channels of the pictures, and by how many values these are apart.
  std::array<Index, 4> extents{1, 1, 1, 1}, strides{0, 0, 0, 0};
  if (axes.size() == 1) {
    extents = {1, axes[0], 1, 1}, strides = {0, 1, 0, 0};
  } else if (axes.size() == 2 && axes[0] > axes[1]) {
    extents = {1, axes[1], axes[0], 1}, strides = {0, 1, axes[1], 0};
  } else if (axes.size() == 2) {
    extents = {1, axes[0], axes[1], 1}, strides = {0, axes[1], 1, 0};
  } else if (axes.size() == 3) {
    extents = {axes[2], axes[0], axes[1], 1}, strides = {1, axes[1] * axes[2], axes[2], 0};
  } else {
    extents = {axes[0], axes[1], axes[2], axes[3]};
    strides = {axes[1] * axes[2] * axes[3], axes[2] * axes[3], axes[3], 1};
  }
  const auto [count, height, width, channels] = extents;
  if (channels != 1 && channels != 3 && channels != 4) return std::nullopt;

  std::vector<std::string> pngs;
  for (Index picture = 0; picture < std::min<Index>(count, 3); ++picture) {
    std::vector<std::uint8_t> pixels;
    for (Index i = 0; i < height * width * channels; ++i) {
      const Index y = i / (width * channels), x = i / channels % width, channel = i % channels;
      const float value =
          values[std::size_t(picture * strides[0] + y * strides[1] + x * strides[2] + channel * strides[3])];
      pixels.push_back(value > 0 ? std::uint8_t(std::min(value * 255.5f, 255.0f)) : std::uint8_t{0});
    }
    pngs.push_back(encode_png(pixels.data(), height, width, channels));
  }
  return image_summary(tag, {height, width}, pngs);
}

}  // namespace tanuki
