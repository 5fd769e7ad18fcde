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
#include <limits>
#include <memory>
#include <string_view>

#include "tanuki/data/image.hpp"
#include "tanuki/data/image_file.hpp"
#include "tanuki/data/stb.hpp"

namespace tanuki {

inline constexpr Index largest_image_file = std::numeric_limits<int>::max();  // what stb_image can count

/// `name` is what an Error calls the bytes.
inline Image decode_image(std::span<const std::uint8_t> file, std::string_view name = "an image in memory") {
  constexpr Index most_pixels = Index{1} << 27;
  const auto reject = [&](const auto&... reason) { fail("[decode_image] '", name, "': ", reason...); };

  if (const std::string problem = image_file::problem(file); !problem.empty()) reject(problem);
  if (Index(file.size()) > largest_image_file) reject("the file is too large");

  const int size = int(file.size());
  int width = 0, height = 0, channels = 0;
  if (!stb::stbi_info_from_memory(file.data(), size, &width, &height, &channels))
    reject("the file is damaged, or its image too large: its header makes no sense");
  if (Index{width} * height > most_pixels)
    reject("it has ", height, " x ", width, " pixels, at most ", most_pixels, " are read");

  const std::unique_ptr<stb::stbi_uc, void (*)(void*)> pixels(
      stb::stbi_load_from_memory(file.data(), size, &width, &height, &channels, int(Image::channels)),
      stb::stbi_image_free);
  if (!pixels) {
    const char* reason = stb::stbi_failure_reason();
    reject("the file is damaged (", reason ? reason : "no reason given", ")");
  }
  const Index bytes = Index{height} * width * Image::channels;
  return {height, width, std::vector<std::uint8_t>(pixels.get(), pixels.get() + bytes)};
}

inline Image decode_image(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto reject = [&](const char* reason) { fail("[decode_image] '", name, "': ", reason); };

  std::error_code error;
  const auto type = std::filesystem::status(path, error).type();
  if (type == std::filesystem::file_type::not_found) reject("there is no such file");
  if (type != std::filesystem::file_type::regular) reject("it is no file");
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) reject("the file cannot be opened");
  const std::streamoff size = in.tellg();
  if (size < 0 || size > largest_image_file) reject("the file is too large");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  in.seekg(0);
  if (!in.read(reinterpret_cast<char*>(bytes.data()), size)) reject("it could not be read to its end");
  return decode_image(bytes, name);
}

}  // namespace tanuki
