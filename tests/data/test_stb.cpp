// A program may use stb for itself, with its own symbols and settings, beside tanuki.
#include <stb/stb_image.h>

#include "tanuki/data/decode.hpp"
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

#include <catch2/catch.hpp>

#include "files.hpp"

TEST_CASE("stb and tanuki's stb live side by side") {
  const test::Bytes file = test::encode("png", 1, 2, 4, {1, 2, 3, 0, 4, 5, 6, 128});
  int width = 0, height = 0, channels = 0;
  stbi_uc* pixels = ::stbi_load_from_memory(file.data(), int(file.size()), &width, &height, &channels, 0);
  REQUIRE(pixels != nullptr);
  REQUIRE(channels == 4);
  REQUIRE(pixels[7] == 128);
  ::stbi_image_free(pixels);
  REQUIRE(tanuki::decode_image(file).pixels == test::Bytes{1, 2, 3, 4, 5, 6});

  // Files that tanuki leaves out are still the user's: a TGA of one pixel.
  const test::Bytes tga{0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, 3, 2, 1};
  pixels = ::stbi_load_from_memory(tga.data(), int(tga.size()), &width, &height, &channels, 3);
  REQUIRE(pixels != nullptr);
  REQUIRE(pixels[0] == 1);
  ::stbi_image_free(pixels);
  REQUIRE(stbi_load("no such file", &width, &height, &channels, 3) == nullptr);
}
