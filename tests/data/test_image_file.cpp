#include <catch2/catch.hpp>

#include "files.hpp"
#include "tanuki/data/image_file.hpp"

namespace test_image_file {

using namespace tanuki;
using image_file::Format;
using image_file::problem;

namespace {

test::Bytes picture(const std::string& kind) {
  return kind == "gif" ? test::gif() : test::encode(kind, 13, 19, 3, test::pattern(13 * 19 * 3));
}

test::Bytes cut(test::Bytes file, std::size_t left) {
  file.resize(left);
  return file;
}

}  // namespace

TEST_CASE("the kind of a file is told by its content") {
  REQUIRE(image_file::format(picture("jpg")) == Format::jpeg);
  REQUIRE(image_file::format(picture("png")) == Format::png);
  REQUIRE(image_file::format(picture("gif")) == Format::gif);
  REQUIRE(image_file::format(picture("bmp")) == Format::bmp);
  const std::string webp = "RIFF....WEBPVP8 ";
  REQUIRE(image_file::format(test::Bytes(webp.begin(), webp.end())) == Format::webp);
  REQUIRE(image_file::format(test::Bytes{}) == Format::unknown);
  REQUIRE(image_file::format(test::Bytes{'R', 'I', 'F', 'F'}) == Format::unknown);
}

TEST_CASE("a whole file has no problem, also with something after it") {
  for (const std::string kind : {"jpg", "png", "gif", "bmp"}) {
    CAPTURE(kind);
    test::Bytes file = picture(kind);
    REQUIRE(problem(file) == "");
    file.insert(file.end(), {1, 2, 3, 0xFF});
    REQUIRE(problem(file) == "");
  }
}

TEST_CASE("a file cut anywhere has a problem") {
  for (const std::string kind : {"jpg", "png", "gif", "bmp"}) {
    const test::Bytes file = picture(kind);
    const std::size_t whole = kind == "gif" ? file.size() - 1 : file.size();  // its trailer is not needed
    for (std::size_t left = 0; left < whole; ++left) {
      CAPTURE(kind, left);
      REQUIRE(problem(cut(file, left)) != "");
    }
  }
}

TEST_CASE("a JPEG's thumbnail does not end the JPEG") {
  test::Bytes file = picture("jpg");
  const test::Bytes segment{0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9};  // APP1 that holds a whole JPEG
  file.insert(file.begin() + 2, segment.begin(), segment.end());
  REQUIRE(problem(file) == "");
  REQUIRE(problem(cut(file, file.size() - 2)) == "the JPEG file is cut short: it has no end marker");
}

TEST_CASE("a PNG with a changed byte is told by its checksum") {
  test::Bytes file = picture("png");
  file[file.size() - 30] ^= 0x10;
  REQUIRE(problem(file) == "the PNG file is damaged: the checksum of its chunk IDAT is wrong");
}

TEST_CASE("lying sizes do not lead outside the file") {
  test::Bytes png = picture("png");
  for (std::size_t i = 8; i < 12; ++i) png[i] = 0xFF;  // a first chunk of 4 GB
  REQUIRE(problem(png) != "");
  test::Bytes bmp = picture("bmp");
  for (std::size_t i = 18; i < 26; ++i) bmp[i] = 0x7F;  // 2^31 x 2^31 pixels
  REQUIRE(problem(bmp) == "the BMP file is cut short");
  test::Bytes jpeg = picture("jpg");
  jpeg[4] = 0xFF;  // a first segment of 64 KB
  REQUIRE(problem(jpeg) != "");
  jpeg[4] = 0;
  jpeg[5] = 0;  // one of less than its own length
  REQUIRE_NOTHROW(problem(jpeg));
  test::Bytes gif = test::gif();
  gif[10] = 0x87;  // a colour table of 256 colours
  REQUIRE(problem(gif) != "");
}

namespace {

/// Where the segment of `marker` begins in a JPEG that stb_image_write made.
std::size_t segment(const test::Bytes& file, std::uint8_t marker) {
  for (std::size_t i = 2; i + 1 < file.size(); ++i) {
    if (file[i] == 0xFF && file[i + 1] == marker) return i;
  }
  throw std::runtime_error("no such segment");
}

}  // namespace

TEST_CASE("a JPEG with lying or missing tables is refused") {
  const std::string damaged = "the JPEG file is damaged: its tables make no sense";
  const test::Bytes whole = picture("jpg");

  test::Bytes counts = whole;
  const std::size_t huffman = segment(whole, 0xC4);
  for (std::size_t i = 0; i < 16; ++i) counts[huffman + 5 + i] = 255;  // 4080 codes
  REQUIRE(problem(counts) == damaged);

  test::Bytes many = whole;  // a segment that is whole, of 300 codes
  test::Bytes segment_300{0xFF, 0xC4, 1, 63, 0};
  segment_300.insert(segment_300.end(), 15, 20);
  segment_300.resize(5 + 16 + 300);
  many.insert(many.begin() + 2, segment_300.begin(), segment_300.end());
  REQUIRE(problem(many) == damaged);

  test::Bytes class_2 = whole;
  class_2[huffman + 4] = 0x20;
  REQUIRE(problem(class_2) == damaged);

  test::Bytes renamed = whole;  // the first DC table is now number 3, and number 0 missing
  renamed[huffman + 4] = 0x03;
  REQUIRE(problem(renamed) == damaged);

  test::Bytes unknown = whole;  // a scan of a component that the frame lacks
  unknown[segment(whole, 0xDA) + 5] = 77;
  REQUIRE(problem(unknown) == damaged);

  test::Bytes quantization = whole;  // a component without its quantization table
  quantization[segment(whole, 0xC0) + 12] = 3;
  REQUIRE(problem(quantization) == damaged);

  test::Bytes no_frame = whole;
  no_frame[segment(whole, 0xC0) + 1] = 0xEF;
  REQUIRE(problem(no_frame) == damaged);
}

TEST_CASE("a run-length encoded BMP is told") {
  test::Bytes file = picture("bmp");
  if (image_file::little_endian(file, 14, 4) != 12) {
    file[30] = 1;
    REQUIRE(problem(file) == "it is a run-length encoded BMP file, which is not read");
  }
}

}  // namespace test_image_file
