#pragma once

// What TensorBoard shows, as values of its Summary message: numbers, histograms and pictures, each a tensor with the name
// of the plugin that shows it. (tensorboard/compat/proto/summary.proto, tensorboard/plugins/*/summary_v2.py)

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "tanuki/data/write_png.hpp"
#include "tanuki/io/protobuf.hpp"

namespace tanuki {
namespace detail {

enum class SummaryType { float32 = 1, float64 = 2, string = 7 };  // DataType of types.proto

inline ProtobufMessage summary_tensor(SummaryType type, const std::vector<Index>& shape) {
  ProtobufMessage extents;
  for (const Index extent : shape) extents.add_message(2, ProtobufMessage().add_int(1, extent));
  return ProtobufMessage().add_int(1, int(type)).add_message(2, extents);
}

inline ProtobufMessage summary_value(const std::string& tag, const char* plugin,
                                     const ProtobufMessage& tensor) {
  const auto metadata =
      ProtobufMessage().add_message(1, ProtobufMessage().add_bytes(1, plugin).add_bytes(2, ""));
  return ProtobufMessage().add_bytes(1, tag).add_message(9, metadata).add_message(8, tensor);
}

template <class N>
std::string_view as_bytes_of(std::span<const N> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

}  // namespace detail

inline ProtobufMessage scalar_summary(const std::string& tag, double value) {
  const std::array<float, 1> number{float(value)};
  auto tensor = detail::summary_tensor(detail::SummaryType::float32, {});
  tensor.add_bytes(4, detail::as_bytes_of<float>(number));
  return detail::summary_value(tag, "scalars", tensor);
}

/// Rows of left edge, right edge and count, of buckets as wide as each other; where all numbers are the same, the last
/// bucket has them. Numbers that are not finite are left out.
inline std::vector<double> histogram_buckets(std::span<const float> numbers, Index buckets = 30) {
  double low = 0, high = 0;
  Index count = 0;
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    low = count ? std::min(low, double(number)) : double(number);
    high = count ? std::max(high, double(number)) : double(number);
    ++count;
  }
  std::vector<double> rows(std::size_t(3 * buckets));
  const auto row = [&](Index bucket) { return rows.data() + 3 * bucket; };
  const double width = (high - low) / double(buckets);
  for (Index i = 0; i < buckets; ++i) {
    row(i)[0] = low + width * double(i);
    row(i)[1] = i + 1 < buckets ? low + width * double(i + 1) : high;
  }
  if (width == 0) {
    row(buckets - 1)[2] = double(count);
    return rows;
  }
  for (const float number : numbers) {
    if (std::isfinite(number)) ++row(std::min(Index((double(number) - low) / width), buckets - 1))[2];
  }
  return rows;
}

inline ProtobufMessage histogram_summary(const std::string& tag, std::span<const float> numbers) {
  const auto buckets = histogram_buckets(numbers);
  auto tensor = detail::summary_tensor(detail::SummaryType::float64, {Index(buckets.size()) / 3, 3});
  tensor.add_bytes(4, detail::as_bytes_of<double>(buckets));
  return detail::summary_value(tag, "histograms", tensor);
}

/// Pictures of one size, as PNG files in memory. TensorFlow writes the first three of many.
inline ProtobufMessage image_summary(const std::string& tag, ImageSize size,
                                     const std::vector<std::string>& pngs) {
  auto tensor = detail::summary_tensor(detail::SummaryType::string, {Index(pngs.size()) + 2});
  tensor.add_bytes(8, std::to_string(size.width)).add_bytes(8, std::to_string(size.height));
  for (const auto& png : pngs) tensor.add_bytes(8, png);
  return detail::summary_value(tag, "images", tensor);
}

inline ProtobufMessage image_summary(const std::string& tag, const Image& image) {
  return image_summary(tag, {image.height, image.width}, {encode_png(image)});
}

}  // namespace tanuki
