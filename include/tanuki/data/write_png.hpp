#pragma once

// Pictures to PNG files, on disk and in memory.

#include <filesystem>
#include <limits>
#include <string>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/data/image.hpp"
#include "tanuki/data/stb.hpp"

namespace tanuki {

/// The bytes of a PNG file of pixels with 1 (grey), 3 (RGB) or 4 (RGBA) channels, (height, width, channels). Throws Error where
/// there are none, or too many.
inline std::string encode_png(const std::uint8_t* pixels, Index height, Index width, Index channels) {
  const Shape shape{height, width, channels};
  if (shape.elements() == 0) fail("[encode_png] an image ", shape, " has no pixels");
  if (shape.elements() > std::numeric_limits<int>::max() / 2)
    fail("[encode_png] an image ", shape, " is too large");
  std::string bytes;
  const auto append = [](void* to, void* from, int count) {
    static_cast<std::string*>(to)->append(static_cast<const char*>(from), std::size_t(count));
  };
  if (!stb::stbi_write_png_to_func(append, &bytes, int(width), int(height), int(channels), pixels, 0))
    fail("[encode_png] an image ", shape, " could not be encoded");
  return bytes;
}

inline std::string encode_png(const Image& image) {
  image_shape(image);
  return encode_png(image.pixels.data(), image.height, image.width, Image::channels);
}

/// Under its name stands what was there before, or the whole file. Throws Error, with the path, as encode_png() and where the file
/// cannot be written.
inline void write_png(const std::filesystem::path& path, const Image& image) {
  try {
    const std::string bytes = encode_png(image);
    AtomicFile file(path.string());
    file.write(bytes);
    file.commit();
  } catch (const Error& error) {
    fail("[write_png] '", path.string(), "': ", error.what());
  }
}

}  // namespace tanuki
