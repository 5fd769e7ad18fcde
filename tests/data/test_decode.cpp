#include <catch2/catch.hpp>
#include <iostream>

#include "decode_golden.hpp"
#include "files.hpp"
#include "tanuki/data/decode.hpp"

namespace test_decode {

using namespace tanuki;
using Catch::Contains;

namespace {

/// In its life decode_image() uses this decoder for JPEG, null: stb_image.
class Using {
 public:
  explicit Using(image_file::JpegDecoder decoder)
      : before_(std::exchange(image_file::jpeg_decoder, decoder)) {}
  ~Using() { image_file::jpeg_decoder = before_; }
  Using(const Using&) = delete;
  Using& operator=(const Using&) = delete;

 private:
  image_file::JpegDecoder before_;
};

/// stb_image, and libjpeg-turbo where this program has it.
std::vector<image_file::JpegDecoder> decoders() {
  if (!image_file::jpeg_decoder) return {nullptr};
  return {nullptr, image_file::jpeg_decoder};
}

}  // namespace

TEST_CASE("PNG and BMP give their pixels, JPEG nearly") {
  const test::Bytes pixels(7 * 5 * 3, 90);
  const Using decoder(GENERATE(from_range(decoders())));
  for (const std::string kind : {"png", "bmp", "jpg"}) {
    CAPTURE(kind);
    const Image image = decode_image(test::encode(kind, 7, 5, 3, pixels));
    REQUIRE(image.height == 7);
    REQUIRE(image.width == 5);
    REQUIRE(image.pixels.size() == pixels.size());
    for (std::uint8_t value : image.pixels) REQUIRE(std::abs(value - 90) <= (kind == "jpg" ? 2 : 0));
  }
}

TEST_CASE("gray becomes RGB and alpha is dropped") {
  REQUIRE(decode_image(test::encode("png", 1, 2, 1, {10, 200})).pixels ==
          test::Bytes{10, 10, 10, 200, 200, 200});
  REQUIRE(decode_image(test::encode("png", 1, 2, 2, {10, 0, 200, 255})).pixels ==
          test::Bytes{10, 10, 10, 200, 200, 200});
  REQUIRE(decode_image(test::encode("png", 1, 2, 4, {1, 2, 3, 0, 4, 5, 6, 128})).pixels ==
          test::Bytes{1, 2, 3, 4, 5, 6});
}

TEST_CASE("a GIF gives its first picture") {
  const Image image = decode_image(test::gif());
  REQUIRE(image.height == 1);
  REQUIRE(image.width == 2);
  REQUIRE(image.pixels == test::Bytes{255, 0, 0, 0, 0, 255});
}

TEST_CASE("a bad file is refused with its path and the reason") {
  const Using decoder(GENERATE(from_range(decoders())));
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::string& name, const test::Bytes& bytes, const std::string& reason) {
    const auto path = folder / name;
    test::write(path, bytes);
    REQUIRE_THROWS_WITH(decode_image(path), Contains(path.string()) && Contains(reason));
  };
  test::Bytes jpeg = test::encode("jpg", 40, 40, 3, test::pattern(4800));
  const std::string text = "<html>404</html>";
  refused("empty.jpg", {}, "the file is empty");
  refused("text.jpg", {text.begin(), text.end()}, "it is no JPEG, PNG, GIF or BMP file");
  refused("half.jpg", {jpeg.begin(), jpeg.begin() + std::ptrdiff_t(jpeg.size() / 2)}, "cut short");
  refused("header.jpg", {0xFF, 0xD8, 0xFF, 0xD9}, "damaged");
  jpeg[160] ^= 0xFF;  // in a table
  for (std::size_t i = 200; i < 400; ++i) jpeg[i] = 0;
  refused("tables.jpg", jpeg, "damaged");

  REQUIRE_THROWS_WITH(decode_image(folder / "none.jpg"), Contains("none.jpg': there is no such file"));
  REQUIRE_THROWS_WITH(decode_image(folder.path()), Contains("it is no file"));
  REQUIRE_THROWS_WITH(decode_image(test::Bytes{1, 2, 3}), Contains("an image in memory"));
}

TEST_CASE("a small file that unfolds to a huge image is refused") {
  // 12000 x 12000 pixels and one empty IDAT: only the header is ever believed.
  test::Bytes png = test::encode("png", 1, 1, 3, {1, 2, 3});
  for (const std::size_t side : {std::size_t{16}, std::size_t{20}}) {
    png[side + 2] = 0x2E;
    png[side + 3] = 0xE0;
  }
  const std::uint32_t crc = crc32(std::as_bytes(image_file::Bytes(png).subspan(12, 17)));
  for (std::size_t i = 0; i < 4; ++i) png[29 + i] = std::uint8_t(crc >> (24 - 8 * i));
  REQUIRE_THROWS_WITH(decode_image(png), Contains("12000 x 12000 pixels"));
}

TEST_CASE("odd images decode as TensorFlow decodes them") {
  const char* folder = std::getenv("TANUKI_ODD_IMAGES");
  if (!folder || !std::filesystem::is_directory(folder)) {
    std::cout << "SKIP: TANUKI_ODD_IMAGES is no folder\n";
    return;
  }
  const Using decoder(GENERATE(from_range(decoders())));
  std::size_t found = 0;
  for (const DecodeGolden& golden : decode_golden) {
    CAPTURE(golden.name);
    const auto path = std::filesystem::path(folder) / golden.name;
    if (!std::filesystem::exists(path)) continue;
    ++found;
    if (golden.height == 0) {
      REQUIRE_THROWS_WITH(decode_image(path), Contains(golden.name) && Contains("cut short"));
      continue;
    }
    if (std::string(golden.name).starts_with("webp")) {  // TensorFlow reads WebP
      REQUIRE_THROWS_WITH(decode_image(path), Contains(golden.name) && Contains("WebP"));
      continue;
    }
    const Image image = decode_image(path);
    REQUIRE(image.height == golden.height);
    REQUIRE(image.width == golden.width);
    const bool cmyk = std::string(golden.name).find("cmyk") != std::string::npos;
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::size_t i = c; i < image.pixels.size(); i += 3) sum += image.pixels[i];
      const double mean = sum / double(image.height * image.width);
      REQUIRE(std::abs(mean - golden.mean[c]) < 1.6);  // another transform: see decode.hpp
      REQUIRE(std::abs(mean - golden.exact_mean[c]) < (cmyk ? 1.0 : 0.2));  // TensorFlow rounds CMYK down
    }
  }
  REQUIRE(found > 0);
}

}  // namespace test_decode
