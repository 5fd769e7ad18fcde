#pragma once

// Image files to RGB, as tf.io.decode_image(channels=3, expand_animations=False) does it for Keras' loader:
// the kind is told by the content; gray becomes RGB, alpha is dropped, 16 bits become their upper 8, CMYK
// becomes RGB, a GIF gives its first picture, and an EXIF orientation is ignored.
//
// TensorFlow's decoder of JPEG takes a faster, less exact transform by default: its pixels are on average 0.8
// of 255 darker, at most 7 off (41 in CMYK). From those of its dct_method="INTEGER_ACCURATE", and of Pillow,
// a pixel is off by less than 0.15 on average, by 7 at most.
//
// Throws Error with the file's name and the reason: unreadable, cut short, damaged, another kind (WebP), or
// more than 2^27 pixels.

#include <filesystem>
#include <fstream>
#include <string_view>

#include "tanuki/data/decoders.hpp"
#include "tanuki/data/libjpeg.hpp"

namespace tanuki {

struct DecodeOptions {
  /// libjpeg-turbo may decode to 1/2, 1/4 or 1/8 of the size, which is faster, as long as neither side gets smaller
  /// than this. Each pixel is then a mean of several, which Keras' bilinear resizing does not take: 600 photos at 150
  /// px come out 2.6 of 255 off on average, up to 154. Empty: never.
  ImageSize at_least = {};
};

/// `name` is what an Error calls the bytes.
inline Image decode_image(std::span<const std::uint8_t> file, std::string_view name = "an image in memory",
                          DecodeOptions options = {}) {
  const auto reject = [&](const auto&... reason) { fail("[decode_image] '", name, "': ", reason...); };
  if (const std::string problem = image_file::problem(file); !problem.empty()) reject(problem);
  if (Index(file.size()) > image_file::largest_file) reject("the file is too large");

  Image image;
  const bool jpeg = image_file::jpeg_decoder && image_file::format(file) == image_file::Format::jpeg;
  const std::string problem = jpeg ? image_file::jpeg_decoder(file, options.at_least, image)
                                   : image_file::decode_with_stb(file, image);
  if (!problem.empty()) reject(problem);
  return image;
}

/// The bytes of a file, for decode_image(). Throws Error where it cannot be opened or read to its end, or is too large.
inline std::vector<std::uint8_t> read_image_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto reject = [&](const char* reason) { fail("[decode_image] '", name, "': ", reason); };

  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::not_found) reject("there is no such file");
  if (type != std::filesystem::file_type::regular) reject("it is no file");
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) reject("the file cannot be opened");
  const std::streamoff size = in.tellg();
  if (size < 0 || size > image_file::largest_file) reject("the file is too large");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  in.seekg(0);
  if (!in.read(reinterpret_cast<char*>(bytes.data()), size)) reject("it could not be read to its end");
  return bytes;
}

inline Image decode_image(const std::filesystem::path& path, DecodeOptions options = {}) {
  return decode_image(read_image_file(path), path.string(), options);
}

}  // namespace tanuki
