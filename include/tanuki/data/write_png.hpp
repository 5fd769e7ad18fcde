#pragma once

// Pictures to PNG files, on disk and in memory.

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

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

/// Throws Error as encode_png(), and, with the path, where the file cannot be written.
inline void write_png(const std::filesystem::path& path, const Image& image) {
  const auto reject = [&](const auto&... reason) { fail("[write_png] '", path.string(), "': ", reason...); };
  std::string bytes;
  try {
    bytes = encode_png(image);
  } catch (const Error& error) {
    reject(error.what());
  }
  std::ofstream out(path, std::ios::binary);
  if (!out) reject("the file cannot be written: ", std::strerror(errno));
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) reject("the file could not be written to its end: ", std::strerror(errno));
}

}  // namespace tanuki
