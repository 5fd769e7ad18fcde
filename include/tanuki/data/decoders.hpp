#pragma once

// Who decodes an image file that image_file::problem() has found nothing wrong with: stb_image, or for JPEG
// libjpeg-turbo in a program that has it (libjpeg.hpp). Each gives "" or what is wrong with the file.

#include <limits>
#include <memory>
#include <string>

#include "tanuki/data/image.hpp"
#include "tanuki/data/image_file.hpp"
#include "tanuki/data/stb.hpp"

namespace tanuki::image_file {

inline constexpr Index most_pixels = Index{1} << 27;
inline constexpr Index largest_file = std::numeric_limits<int>::max();  // what stb_image can count

inline std::string too_many_pixels(Index height, Index width) {
  return "it has " + std::to_string(height) + " x " + std::to_string(width) + " pixels, at most " +
         std::to_string(most_pixels) + " are read";
}

inline std::string decode_with_stb(Bytes file, Image& image) {
  const int size = int(file.size());
  int width = 0, height = 0, channels = 0;
  if (!stb::stbi_info_from_memory(file.data(), size, &width, &height, &channels))
    return "the file is damaged, or its image too large: its header makes no sense";
  if (Index{width} * height > most_pixels) return too_many_pixels(height, width);

  const std::unique_ptr<stb::stbi_uc, void (*)(void*)> pixels(
      stb::stbi_load_from_memory(file.data(), size, &width, &height, &channels, int(Image::channels)),
      stb::stbi_image_free);
  if (!pixels) {
    const char* reason = stb::stbi_failure_reason();
    return std::string("the file is damaged (") + (reason ? reason : "no reason given") + ")";
  }
  const Index bytes = Index{height} * width * Image::channels;
  image = {height, width, std::vector<std::uint8_t>(pixels.get(), pixels.get() + bytes)};
  return "";
}

/// The image may come at 1/2, 1/4 or 1/8 of its size, as long as neither side is smaller than `at_least`; never where
/// that is empty.
using JpegDecoder = std::string (*)(Bytes file, ImageSize at_least, Image& image);

/// libjpeg.hpp puts its decoder here before main() begins. A pointer, so that decode_image() is the same function in every
/// part of a program, also where only some are compiled with libjpeg.
inline constinit JpegDecoder jpeg_decoder = nullptr;

}  // namespace tanuki::image_file
