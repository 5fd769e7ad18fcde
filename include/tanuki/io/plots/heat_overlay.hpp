#pragma once

// A heat map over the image that it was made of: red where it is high, the image alone where it is 0.

#include <array>

#include "tanuki/data/resize.hpp"
#include "tanuki/data/write_png.hpp"
#include "tanuki/io/plots/as_pixels.hpp"
#include "tanuki/training/grad_cam.hpp"

namespace tanuki {

/// `heat` is (height, width) of any size, from 0 to 1. Throws Error for other shapes.
inline Image heat_overlay(const Image& image, const Tensor<Cpu>& heat) {
  if (heat.shape().rank() != 2 || heat.size() == 0)
    fail("[heat_overlay] heat of shape ", heat.shape(), " was given, expected (height, width)");
  const ConstTensorView<Cpu> flat{heat.data(), {heat.shape()[0], heat.shape()[1], 1}};
  const Tensor<Cpu> large = resize_bilinear(flat, {image.height, image.width});
  static constexpr std::array<std::array<float, 3>, 4> colours{
      {{40, 60, 200}, {20, 190, 190}, {250, 210, 40}, {225, 30, 30}}};
  Image laid = image;
  for (Index i = 0; i < large.size(); ++i) {
    const float value = std::clamp(large.data()[i], 0.0f, 1.0f), at = value * 3;
    const std::size_t below = std::min(std::size_t(at), std::size_t(2));
    const float share = at - float(below), cover = 0.6f * std::min(1.0f, value * 2);
    for (std::size_t c = 0; c < 3; ++c) {
      const float colour = colours[below][c] + share * (colours[below + 1][c] - colours[below][c]);
      auto& pixel = laid.pixels[std::size_t(i) * 3 + c];
      pixel = std::uint8_t(std::lround((1 - cover) * float(pixel) + cover * colour));
    }
  }
  return laid;
}

/// A PNG file of an image and what grad_cam() finds in it.
template <class B>
void write_grad_cam(const std::filesystem::path& path, const Model<B>& model, const Tensor<Cpu>& image,
                    const GradCamOptions& options = {}) {
  write_png(path, heat_overlay(as_pixels(image), grad_cam(model, image, options)));
}

}  // namespace tanuki
