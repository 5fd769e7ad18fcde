#pragma once

// Whether the bytes of a JPEG file are all there and tell a decoder all it needs (ITU T.81, annex B): its
// segments lead to the end marker, and its scans use tables that were defined. A decoder that takes this on
// trust reads outside its tables: stb_image 2.27 does.

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>

namespace tanuki::image_file {

using Bytes = std::span<const std::uint8_t>;

/// What a JPEG file has told so far.
class JpegTables {
 public:
  /// A segment without its marker and length. False where it makes no sense.
  bool read(std::uint8_t marker, Bytes segment) {
    switch (marker) {
      case 0xC4:
        return read_huffman(segment);
      case 0xDB:
        return read_quantization(segment);
      case 0xDA:
        return scan_is_defined(segment);
      case 0xC0:
      case 0xC1:
      case 0xC2:
        return read_frame(marker, segment);
      default:
        return true;
    }
  }

 private:
  /// A table: class and number in one byte, 16 counts, then a value for each code counted.
  bool read_huffman(Bytes tables) {
    while (!tables.empty()) {
      if (tables.size() < 17 || (tables[0] & 0xEC)) return false;
      const std::size_t codes = std::accumulate(tables.begin() + 1, tables.begin() + 17, std::size_t{0});
      if (codes > 256 || codes > tables.size() - 17) return false;
      huffman_[tables[0] >> 4][tables[0] & 3] = true;
      tables = tables.subspan(17 + codes);
    }
    return true;
  }

  bool read_quantization(Bytes tables) {
    while (!tables.empty()) {
      const std::size_t size = tables[0] >> 4 ? 129 : 65;
      if (tables.size() < size || (tables[0] & 0xEC)) return false;
      quantization_[tables[0] & 3] = true;
      tables = tables.subspan(size);
    }
    return true;
  }

  /// Precision, height, width, number of components, then 3 bytes each: name, sampling, quantization table.
  bool read_frame(std::uint8_t marker, Bytes frame) {
    if (frame.size() < 6 || frame.size() != 6 + std::size_t{3} * frame[5]) return false;
    progressive_ = marker == 0xC2;
    components_ = frame.subspan(6);
    return true;
  }

  /// Number of components, then 2 bytes each: name, Huffman tables; then first, last coefficient, bit
  /// positions.
  bool scan_is_defined(Bytes scan) const {
    if (scan.empty() || scan.size() != 4 + std::size_t{2} * scan[0]) return false;
    const Bytes spectrum = scan.last(3);
    const bool needs_dc = !progressive_ || (spectrum[0] == 0 && spectrum[2] >> 4 == 0);
    const bool needs_ac = !progressive_ || spectrum[0] != 0;
    for (Bytes part = scan.subspan(1); part.size() > 3; part = part.subspan(2)) {
      const std::size_t dc = part[1] >> 4, ac = part[1] & 15;
      if (dc > 3 || ac > 3 || !has_quantization(part[0])) return false;
      if ((needs_dc && !huffman_[0][dc]) || (needs_ac && !huffman_[1][ac])) return false;
    }
    return true;
  }

  bool has_quantization(std::uint8_t component) const {
    for (Bytes part = components_; !part.empty(); part = part.subspan(3)) {
      if (part[0] == component) return part[2] < 4 && quantization_[part[2]];
    }
    return false;
  }

  bool progressive_ = false;
  Bytes components_;
  std::array<std::array<bool, 4>, 2> huffman_{};
  std::array<bool, 4> quantization_{};
};

/// "" or what is wrong with the file.
inline std::string jpeg_problem(Bytes file) {
  JpegTables tables;
  std::size_t at = 2;
  while (at + 1 < file.size()) {
    const std::uint8_t marker = file[at + 1];
    if (file[at] != 0xFF || marker == 0xFF) {  // compressed data, or a filler
      ++at;
      continue;
    }
    if (marker == 0xD9) return "";
    at += 2;
    const bool stands_alone = marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD7);
    if (stands_alone) continue;
    if (at + 1 >= file.size()) break;
    const std::size_t length = std::max<std::size_t>(std::size_t{file[at]} << 8 | file[at + 1], 2);
    if (length > file.size() - at) break;
    if (!tables.read(marker, file.subspan(at + 2, length - 2)))
      return "the JPEG file is damaged: its tables make no sense";
    at += length;
  }
  return "the JPEG file is cut short: it has no end marker";
}

}  // namespace tanuki::image_file
