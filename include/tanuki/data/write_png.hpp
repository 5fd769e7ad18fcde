#pragma once

// RGB pictures to PNG files.

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "tanuki/data/image.hpp"
#include "tanuki/data/stb.hpp"

namespace tanuki {

/// Throws Error on an image without pixels or with the wrong number of bytes, and, with the path, where the
/// file cannot be written.
inline void write_png(const std::filesystem::path& path, const Image& image) {
  const auto reject = [&](const auto&... reason) { fail("[write_png] '", path.string(), "': ", reason...); };
  const Shape shape = image_shape(image);
  if (shape.elements() == 0) reject("an image ", shape, " has no pixels");
  if (shape.elements() > std::numeric_limits<int>::max() / 2) reject("an image ", shape, " is too large");

  std::ofstream out(path, std::ios::binary);
  if (!out) reject("the file cannot be written: ", std::strerror(errno));
  const auto append = [](void* file, void* bytes, int count) {
    static_cast<std::ofstream*>(file)->write(static_cast<const char*>(bytes), count);
  };
  const int encoded = stb::stbi_write_png_to_func(append, &out, int(image.width), int(image.height),
                                                  int(Image::channels), image.pixels.data(), 0);
  out.close();
  if (!encoded || !out) reject("the file could not be written to its end: ", std::strerror(errno));
}

}  // namespace tanuki
