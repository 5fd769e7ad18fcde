#pragma once

// What kind of image file some bytes are, and whether they are all there. stb_image fills what is missing
// with gray or black; TensorFlow rejects such a file, and so does tanuki: a JPEG must reach its end marker, a
// PNG its last chunk with every needed checksum right, a GIF the end of its first picture, a BMP its last
// row.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tanuki/core/crc32.hpp"
#include "tanuki/data/jpeg_file.hpp"

namespace tanuki::image_file {

enum class Format { jpeg, png, gif, bmp, webp, unknown };

/// By the first bytes, as tf.io.decode_image does it; the name's extension says nothing.
inline Format format(Bytes file) {
  const auto has = [&](std::string_view magic, std::size_t at = 0) {
    return file.size() >= at + magic.size() &&
           std::equal(magic.begin(), magic.end(), file.begin() + std::ptrdiff_t(at),
                      [](char c, std::uint8_t byte) { return std::uint8_t(c) == byte; });
  };
  if (has("\xFF\xD8\xFF")) return Format::jpeg;
  if (has("\x89PNG\r\n\x1A\n")) return Format::png;
  if (has("GIF8")) return Format::gif;
  if (has("BM")) return Format::bmp;
  if (has("RIFF") && has("WEBP", 8)) return Format::webp;
  return Format::unknown;
}

inline std::uint64_t big_endian(Bytes file, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | file[at + i];
  return value;
}

inline std::uint64_t little_endian(Bytes file, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8 | file[at + i];
  return value;
}

inline std::string png_problem(Bytes file) {
  std::size_t at = 8;
  while (at + 12 <= file.size()) {
    const std::uint64_t length = big_endian(file, at, 4);
    if (length > file.size() - at - 12) break;
    const Bytes chunk = file.subspan(at + 4, 4 + std::size_t(length));
    const std::string name(chunk.begin(), chunk.begin() + 4);
    at += 12 + std::size_t(length);
    const bool needed = (chunk[0] & 0x20) == 0;
    if (needed && tanuki::crc32(std::as_bytes(chunk)) != big_endian(file, at - 4, 4))
      return "the PNG file is damaged: the checksum of its chunk " + name + " is wrong";
    if (name == "IEND") return "";
  }
  return "the PNG file is cut short: it has no end chunk";
}

inline std::string gif_problem(Bytes file) {
  const std::string cut = "the GIF file is cut short: its first picture does not end";
  const auto color_table = [&](std::size_t flags_at) -> std::size_t {
    const int flags = file[flags_at];
    return flags & 0x80 ? std::size_t{3} << ((flags & 7) + 1) : 0;
  };
  if (file.size() < 13) return cut;
  std::size_t at = 13 + color_table(10);
  while (at + 10 < file.size()) {
    const bool picture = file[at] == 0x2C;
    if (!picture && file[at] != 0x21) return "the GIF file is damaged: it has no picture";
    at += picture ? 11 + color_table(at + 9) : 2;
    while (at < file.size() && file[at] != 0) at += 1 + std::size_t{file[at]};
    if (at >= file.size()) return cut;
    ++at;
    if (picture) return "";
  }
  return cut;
}

inline std::string bmp_problem(Bytes file) {
  const std::string cut = "the BMP file is cut short";
  if (file.size() < 26) return cut;
  const bool old = little_endian(file, 14, 4) == 12;  // OS/2: two bytes a side
  if (!old && file.size() < 54) return cut;
  const std::uint64_t compression = old ? 0 : little_endian(file, 30, 4);
  if (compression == 1 || compression == 2) return "it is a run-length encoded BMP file, which is not read";
  const std::uint64_t offset = little_endian(file, 10, 4);
  const std::uint64_t width = little_endian(file, 18, old ? 2 : 4);
  const std::uint64_t stored = little_endian(file, old ? 20 : 22, old ? 2 : 4);
  const std::uint64_t height =
      stored >> 31 ? (std::uint64_t{1} << 32) - stored : stored;  // negative: top down
  const std::uint64_t bits = little_endian(file, old ? 24 : 28, 2);
  const std::uint64_t row = (width * bits + 31) / 32 * 4;
  if (row && height > file.size() / row) return cut;
  return offset + row * height > file.size() ? cut : "";
}

/// "" for a whole file of a kind that is read, else what is wrong with it.
inline std::string problem(Bytes file) {
  if (file.empty()) return "the file is empty";
  switch (format(file)) {
    case Format::jpeg:
      return jpeg_problem(file);
    case Format::png:
      return png_problem(file);
    case Format::gif:
      return gif_problem(file);
    case Format::bmp:
      return bmp_problem(file);
    case Format::webp:
      return "it is a WebP file, whatever its name; only JPEG, PNG, GIF and BMP are read";
    case Format::unknown:
      break;
  }
  return "it is no JPEG, PNG, GIF or BMP file";
}

}  // namespace tanuki::image_file
