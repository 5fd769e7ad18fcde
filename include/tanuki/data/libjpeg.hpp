#pragma once

// JPEG files decoded by libjpeg-turbo, in programs that link tanuki::jpeg or, without CMake, are compiled with
// -DTANUKI_WITH_LIBJPEG and linked with -ljpeg; in others this header is empty. The transform is the exact one: on
// 600 photos a pixel is at most 3 of 255 off stb_image's, 0.07 on average. What is refused is the same, but for markers
// that stb_image does not know.

#ifdef TANUKI_WITH_LIBJPEG

// jpeglib.h uses what <cstddef> and <cstdio> declare.
// clang-format off
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "tanuki/data/decoders.hpp"

namespace tanuki::image_file {

/// libjpeg's state. An error jumps back to attempt(), which owns nothing that a jump could leave behind.
class LibjpegReader {
 public:
  explicit LibjpegReader(Bytes file) {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr info) {
      info->err->format_message(info, self(info).message_);
      std::longjmp(self(info).back_, 1);
    };
    errors_.emit_message = [](j_common_ptr info, int level) {
      // Other warnings are about what stb_image and TensorFlow pass over in silence, too.
      if (level < 0 && info->err->msg_code == JWRN_HUFF_BAD_CODE) info->err->error_exit(info);
    };
    info_.client_data = this;
    attempt([](LibjpegReader& r) { jpeg_create_decompress(&r.info_); });
    file_ = file;
  }
  LibjpegReader(const LibjpegReader&) = delete;
  LibjpegReader& operator=(const LibjpegReader&) = delete;
  ~LibjpegReader() { jpeg_destroy_decompress(&info_); }

  std::string decode(ImageSize at_least, Image& image) {
    if (!ok_ || !attempt([](LibjpegReader& r) { r.read_header(); })) return damaged();
    if (Index{info_.image_width} * info_.image_height > most_pixels)
      return too_many_pixels(info_.image_height, info_.image_width);
    info_.scale_denom = denominator(at_least);
    if (!attempt([](LibjpegReader& r) { jpeg_start_decompress(&r.info_); })) return damaged();

    const Index height = info_.output_height, width = info_.output_width;
    channels_ = info_.output_components;
    std::vector<std::uint8_t> pixels(std::size_t(height * width * channels_));
    pixels_ = pixels.data();
    if (!attempt([](LibjpegReader& r) { r.read_rows(); })) return damaged();
    if (channels_ == 4) to_rgb(pixels);
    image = {height, width, std::move(pixels)};
    return "";
  }

 private:
  static LibjpegReader& self(j_common_ptr info) { return *static_cast<LibjpegReader*>(info->client_data); }

  bool attempt(void (*step)(LibjpegReader&)) {
    ok_ = setjmp(back_) == 0;
    if (ok_) step(*this);
    return ok_;
  }

  std::string damaged() const { return std::string("the file is damaged (") + message_ + ")"; }

  void read_header() {
    jpeg_mem_src(&info_, file_.data(), static_cast<unsigned long>(file_.size()));
    jpeg_read_header(&info_, TRUE);
    const bool cmyk = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    info_.out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    info_.dct_method = JDCT_ISLOW;
    jpeg_calc_output_dimensions(&info_);
  }

  unsigned denominator(ImageSize at_least) const {
    unsigned denominator = 1;
    if (at_least.height < 1 || at_least.width < 1) return denominator;
    while (denominator < 8 && info_.image_height >= 2 * denominator * at_least.height &&
           info_.image_width >= 2 * denominator * at_least.width)
      denominator *= 2;
    return denominator;
  }

  void read_rows() {
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row =
          pixels_ + std::size_t(info_.output_scanline) * info_.output_width * std::size_t(channels_);
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
  }

  /// Ink to light. Adobe's files hold what is left of the light instead of the ink.
  void to_rgb(std::vector<std::uint8_t>& pixels) const {
    const int flip = info_.saw_Adobe_marker ? 0 : 255;
    auto* to = pixels.data();
    for (std::size_t i = 0; i < pixels.size(); i += 4) {
      const int key = pixels[i + 3] ^ flip;
      for (std::size_t c = 0; c < 3; ++c) *to++ = std::uint8_t(((pixels[i + c] ^ flip) * key + 127) / 255);
    }
    pixels.resize(pixels.size() / 4 * 3);
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf back_;
  char message_[JMSG_LENGTH_MAX] = "";
  bool ok_ = false;
  Bytes file_;
  std::uint8_t* pixels_ = nullptr;
  int channels_ = 0;
};

inline std::string decode_with_libjpeg(Bytes file, ImageSize at_least, Image& image) {
  return LibjpegReader(file).decode(at_least, image);
}

inline const bool libjpeg_decodes = (jpeg_decoder = decode_with_libjpeg, true);

}  // namespace tanuki::image_file

#endif
