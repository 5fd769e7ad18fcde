#pragma once

// Many pictures as one: a grid of a batch's images, to see what a network sees.

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tanuki/data/write_png.hpp"
#include "tanuki/io/plots/pixel_surface.hpp"

namespace tanuki {

struct ImageGridOptions {
  Index columns = 0;                     // 0: about as many as rows
  std::vector<std::string> labels = {};  // one an image, written below it
  Index gap = 6;                         // white pixels around and between
};

namespace plots {

/// Writes `text` centred at `x`, its upper edge at `y`, as far as it fits between `x` ± `room` / 2.
inline void write_centred(Image& image, std::string text, Index x, Index y, Index room, Index scale) {
  const Index advance = (pixel_font::width + 1) * scale;
  text.resize(std::min(text.size(), std::size_t(std::max(Index{0}, (room + scale) / advance))));
  write_pixels(image, text, x - (Index(text.size()) * advance - scale) / 2, y, scale, 0x3c3c3c);
}

}  // namespace plots

/// `images` is (count, height, width, 3) with values from 0 to 255; they fill the grid row by row. Throws
/// Error on another shape, on no images, and unless there is no label or one an image.
inline Image image_grid(ConstTensorView<Cpu> images, const ImageGridOptions& options = {}) {
  const Shape& shape = images.shape;
  if (shape.rank() != 4 || shape.back() != Image::channels || shape.elements() == 0)
    fail("[image_grid] a tensor of shape ", shape, " was given, expected (count, height, width, 3)");
  const Index count = shape[0], height = shape[1], width = shape[2], gap = options.gap;
  if (!options.labels.empty() && Index(options.labels.size()) != count)
    fail("[image_grid] ", count, " images and ", options.labels.size(), " labels were given");
  if (options.columns < 0 || gap < 0)
    fail("[image_grid] columns is ", options.columns, " and gap ", gap, "; expected no negative numbers");

  const Index columns =
      options.columns ? std::min(options.columns, count) : Index(std::ceil(std::sqrt(count)));
  const Index rows = (count + columns - 1) / columns;
  const Index scale = std::max(Index{1}, width / 100);
  const Index caption = options.labels.empty() ? 0 : pixel_font::height * scale + gap;
  Image grid{gap + rows * (height + caption + gap), gap + columns * (width + gap), {}};
  grid.pixels.assign(std::size_t(Shape{grid.height, grid.width, Image::channels}.elements()), 255);

  for (Index i = 0; i < count; ++i) {
    const Index top = gap + i / columns * (height + caption + gap), left = gap + i % columns * (width + gap);
    const Image image = to_image({images.data + i * height * width * Image::channels, shape.without_batch()});
    for (Index y = 0; y < height; ++y) {
      std::copy_n(image.pixels.begin() + y * width * Image::channels, width * Image::channels,
                  grid.pixels.begin() + ((top + y) * grid.width + left) * Image::channels);
    }
    if (caption)
      plots::write_centred(grid, options.labels[std::size_t(i)], left + width / 2, top + height + gap, width,
                           scale);
  }
  return grid;
}

/// image_grid() as a PNG file.
inline void write_image_grid(const std::filesystem::path& path, ConstTensorView<Cpu> images,
                             const ImageGridOptions& options = {}) {
  write_png(path, image_grid(images, options));
}

}  // namespace tanuki
