#pragma once

// Made by scripts/reference/resize.py --images with TensorFlow 2.21.0, Keras 3.15.1.

#include <array>
#include <vector>

// The channel means of tf.io.decode_image (what Keras loads), and with the exact transform of JPEG's
// blocks (dct_method="INTEGER_ACCURATE"). Height 0: TensorFlow rejects the file.
struct DecodeGolden {
  const char* name;
  int height, width;
  std::array<double, 3> mean, exact_mean;
};

// clang-format off
inline const std::vector<DecodeGolden> decode_golden = {
    {"adobe_marker_ycc_444_Cat1025.jpg", 380, 645, {202.122, 201.609, 199.179}, {202.741, 201.878, 199.883}},
    {"kaggle_graycontent_rgb_dog.943.jpg", 99, 90, {70.490, 70.490, 70.490}, {70.981, 70.981, 70.981}},
    {"kaggle_large_1023x768_cat.835.jpg", 768, 1023, {120.188, 123.906, 121.340}, {121.367, 123.893, 122.693}},
    {"kaggle_tiny_195x33_dog.4367.jpg", 33, 195, {230.506, 189.072, 195.460}, {231.041, 189.087, 196.246}},
    {"kaggle_tiny_60x39_cat.4821.jpg", 39, 60, {112.200, 106.555, 101.236}, {113.264, 106.541, 102.597}},
    {"pillow_hopper_16bit_qtables.jpg", 128, 128, {89.137, 80.238, 93.567}, {90.133, 80.283, 94.802}},
    {"pillow_hopper_gray.jpg", 128, 128, {84.205, 84.205, 84.205}, {84.692, 84.692, 84.692}},
    {"pillow_hopper_orientation_6.jpg", 128, 128, {88.600, 80.072, 93.956}, {89.675, 80.075, 95.337}},
    {"pillow_junk_jpeg_header.jpg", 768, 1024, {115.880, 115.832, 115.599}, {117.104, 115.825, 116.814}},
    {"pillow_orientation_rectangle.jpg", 1, 2, {254.000, 0.000, 0.000}, {254.000, 0.000, 0.000}},
    {"pillow_pil_sample_cmyk.jpg", 100, 100, {29.871, 5.280, 6.697}, {30.198, 5.407, 6.578}},
    {"pillow_truncated_jpeg.jpg", 0, 0, {}, {}},
    {"progressive_422_Cat64.jpg", 612, 408, {140.828, 135.449, 129.186}, {141.961, 135.391, 130.619}},
    {"progressive_440_Cat10.jpg", 612, 408, {151.024, 139.817, 128.854}, {152.173, 139.817, 130.190}},
    {"webp_named_png_Cat1035.png", 450, 800, {180.728, 182.092, 186.141}, {180.728, 182.092, 186.141}},
};
// clang-format on
