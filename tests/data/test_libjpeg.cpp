// libjpeg-turbo beside stb_image: the same pictures within 3 levels, the same files refused.

#include <catch2/catch.hpp>
#include <iostream>

#include "files.hpp"
#include "tanuki/core/random.hpp"
#include "tanuki/data/decode.hpp"
#include "tanuki/data/image_folder.hpp"

namespace test_libjpeg {

using namespace tanuki;
using Catch::Contains;

#ifndef TANUKI_WITH_LIBJPEG

TEST_CASE("libjpeg-turbo decodes") { std::cout << "SKIP: built without libjpeg\n"; }

#else

namespace {

/// A picture as smooth as photos are.
test::Bytes hills(int height, int width, int channels) {
  test::Bytes pixels;
  for (int i = 0; i < height * width * channels; ++i) {
    const int channel = i % channels, x = i / channels % width, y = i / channels / width;
    pixels.push_back(
        std::uint8_t(127 + 60 * std::sin(0.3 * x + channel) + 60 * std::cos(0.17 * y * (1 + channel))));
  }
  return pixels;
}

test::Bytes read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return test::Bytes(std::istreambuf_iterator<char>(in), {});
}

/// The largest difference, and the mean one.
std::pair<int, double> difference(const test::Bytes& file) {
  Image stb, turbo;
  REQUIRE(image_file::decode_with_stb(file, stb) == "");
  REQUIRE(image_file::decode_with_libjpeg(file, {}, turbo) == "");
  REQUIRE(stb.height == turbo.height);
  REQUIRE(stb.width == turbo.width);
  REQUIRE(stb.pixels.size() == turbo.pixels.size());
  int largest = 0;
  double sum = 0;
  for (std::size_t i = 0; i < stb.pixels.size(); ++i) {
    const int off = std::abs(stb.pixels[i] - turbo.pixels[i]);
    largest = std::max(largest, off);
    sum += off;
  }
  return {largest, sum / double(stb.pixels.size())};
}

ImageSize decoded_size(const test::Bytes& file, ImageSize at_least) {
  const Image image = decode_image(file, "x", {.at_least = at_least});
  REQUIRE(image.pixels.size() == std::size_t(image.height * image.width * 3));
  return {image.height, image.width};
}

/// The file with some bytes changed.
test::Bytes damaged(test::Bytes file, Random random) {
  const Index changes = 1 + Index(random.word(0) % 8);
  for (Index i = 1; i <= changes; ++i) {
    const std::uint32_t at = random.word(std::uint64_t(2 * i)), value = random.word(std::uint64_t(2 * i + 1));
    file[2 + at % (file.size() - 2)] = std::uint8_t(value);
  }
  return file;
}

}  // namespace

TEST_CASE("libjpeg-turbo gives stb_image's pictures, nearly") {
  REQUIRE(image_file::jpeg_decoder == image_file::decode_with_libjpeg);
  for (const int channels : {1, 3}) {
    for (const auto& [height, width] : {std::pair(1, 1), {8, 8}, {37, 50}, {129, 63}}) {
      const auto [largest, mean] =
          difference(test::encode("jpg", height, width, channels, hills(height, width, channels)));
      CAPTURE(height, width, channels);
      CHECK(largest <= 3);
      CHECK(mean < 0.3);
    }
  }
}

TEST_CASE("libjpeg-turbo and stb_image decode the photos within 3 levels") {
  const char* folder = std::getenv("TANUKI_CATS_VS_DOGS");
  if (!folder || !std::filesystem::is_directory(std::string(folder) + "/validation")) {
    std::cout << "SKIP: TANUKI_CATS_VS_DOGS is no folder with validation/\n";
    return;
  }
  const ImageFolder photos = list_image_folder(std::string(folder) + "/validation");
  for (std::size_t i = 0; i < photos.file_paths.size(); i += 5) {
    const auto [largest, mean] = difference(read(photos.file_paths[i]));
    CAPTURE(photos.file_paths[i]);
    CHECK(largest <= 3);
    CHECK(mean < 0.3);
  }
}

TEST_CASE("scaled decoding halves as long as both sides are large enough, and only where it is asked for") {
  const test::Bytes file = test::encode("jpg", 160, 240, 3, hills(160, 240, 3));
  const auto is = [](ImageSize size, Index height, Index width) {
    return size.height == height && size.width == width;
  };
  CHECK(is(decoded_size(file, {}), 160, 240));
  CHECK(is(decoded_size(file, {81, 81}), 160, 240));
  CHECK(is(decoded_size(file, {80, 120}), 80, 120));
  CHECK(is(decoded_size(file, {80, 121}), 160, 240));
  CHECK(is(decoded_size(file, {40, 40}), 40, 60));
  CHECK(is(decoded_size(file, {1, 1}), 20, 30));
  CHECK(is(decoded_size(file, {0, 10}), 160, 240));
  CHECK(is(decoded_size(test::plain("png", 16, 16, 3), {1, 1}), 16, 16));
  CHECK(is(decoded_size(test::encode("jpg", 17, 33, 3, hills(17, 33, 3)), {1, 1}), 3, 5));
}

TEST_CASE("an image folder decodes to a scale where it is told to") {
  const test::TemporaryFolder folder;
  test::write(folder / "a/a.jpg", test::encode("jpg", 64, 64, 3, hills(64, 64, 3)));
  const auto first = [&](bool scaled) {
    return test::all(image_dataset_from_directory(
        folder.path(), {.batch_size = 0, .image_size = {8, 8}, .shuffle = false, .scaled_decoding = scaled}));
  };
  CHECK(first(false).size() == first(true).size());
  CHECK(first(false) != first(true));
  CHECK(first(false) == resize_bilinear(decode_image(folder / "a/a.jpg"), {8, 8}).to_vector());
}

TEST_CASE("a bad Huffman code is refused by both, as is a file that is cut short") {
  test::Bytes file = test::encode("jpg", 64, 64, 3, hills(64, 64, 3));
  Image image;
  std::size_t tried = 0, refused = 0, agreed = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    test::Bytes bad = file;  // all in the compressed data
    for (std::uint64_t k = 0; k < 20; ++k)
      bad[bad.size() / 2 + Random{i}.word(k) % (bad.size() / 2 - 2)] =
          std::uint8_t(Random{i, 1}.word(k) % 255);
    if (!image_file::problem(bad).empty()) continue;
    const bool stb = image_file::decode_with_stb(bad, image).empty(),
               turbo = image_file::decode_with_libjpeg(bad, {}, image).empty();
    ++tried;
    refused += !turbo;
    agreed += stb == turbo;
  }
  CHECK(refused > 20);
  CHECK(agreed > tried * 9 / 10);  // stb_image refuses unknown markers too
  file.resize(file.size() / 2);
  REQUIRE_THROWS_WITH(decode_image(file), Contains("cut short"));
}

TEST_CASE("whatever is in a file, libjpeg-turbo gives a picture or a reason") {
  std::vector<test::Bytes> files = {test::encode("jpg", 40, 56, 3, hills(40, 56, 3)),
                                    test::encode("jpg", 24, 24, 1, hills(24, 24, 1))};
  if (const char* folder = std::getenv("TANUKI_ODD_IMAGES")) {
    for (const char* name :
         {"pillow_pil_sample_cmyk.jpg", "kaggle_tiny_60x39_cat.4821.jpg", "progressive_440_Cat10.jpg"}) {
      const auto path = std::filesystem::path(folder) / name;
      if (std::filesystem::exists(path)) files.push_back(read(path));
    }
  }
  const char* rounds = std::getenv("TANUKI_FUZZ_ROUNDS");
  for (const auto& file : files) {
    for (std::uint64_t i = 0; i < std::uint64_t(rounds ? std::atoi(rounds) : 40); ++i) {
      const test::Bytes bad = damaged(file, Random{i, 7});
      if (!image_file::problem(bad).empty()) continue;
      Image image;
      const std::string reason =
          image_file::decode_with_libjpeg(bad, {.height = Index(i % 40), .width = 20}, image);
      if (reason.empty())
        REQUIRE(image.pixels.size() == std::size_t(image.height * image.width * 3));
      else
        REQUIRE_THAT(reason, Contains("damaged (") || Contains("pixels, at most"));
    }
  }
}

TEST_CASE("an image of too many pixels is refused from its header") {
  test::Bytes file = test::encode("jpg", 8, 8, 3, hills(8, 8, 3));
  const test::Bytes frame = {0xFF, 0xC0, 0, 17, 8};
  auto at = std::search(file.begin(), file.end(), frame.begin(), frame.end());
  REQUIRE(at != file.end());
  for (std::ptrdiff_t side : {5, 7}) at[side] = 0xF0;  // 61448 x 61448
  Image image;
  REQUIRE_THAT(image_file::decode_with_libjpeg(file, {}, image), Contains("61448 x 61448 pixels, at most"));
}

#endif

}  // namespace test_libjpeg
