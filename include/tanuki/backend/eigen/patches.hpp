#pragma once

// The patches of images under a window, as the rows of a matrix product: copied out where it reads them.

#include <cstring>

#include "tanuki/backend/eigen/gemm_bf16.hpp"
#include "tanuki/backend/eigen/pooling.hpp"
#include "tanuki/ops/window.hpp"

namespace tanuki::eigen {

/// The patches of a batch of images, as the A of a matrix product.
class Patches {
 public:
  static constexpr bool in_place = false;

  /// `relu`: of max(image, 0).
  Patches(const float* images, const ops::WindowGeometry& geometry, bool relu = false)
      : images_(images), geometry_(geometry), relu_(relu) {}

  const float* images() const { return images_; }
  const ops::WindowGeometry& geometry() const { return geometry_; }
  bool relu() const { return relu_; }

  /// Writes `count` patches, from number `first` on.
  void copy(Index first, Index count, float* to, Index stride) const {
    copy(first, count, to, stride, 0, geometry_.rows.kernel * geometry_.columns.kernel * geometry_.channels);
  }

  /// Of them the numbers [begin, end).
  void copy(Index first, Index count, float* to, Index stride, Index begin, Index end) const {
    const auto& [rows, columns, channels] = geometry_;
    Index x = first % columns.out, y = first / columns.out % rows.out, image = first / geometry_.positions();
    for (; count > 0; --count, to += stride) {
      if (padded(columns, x) || padded(rows, y)) std::fill_n(to, end - begin, 0.0f);
      each_run(geometry_, image, y, x, [&](Index at, Index in_patch, Index length) {
        const Index skip = std::max<Index>(begin - in_patch, 0);
        length = std::min(in_patch + length, end) - in_patch - skip;
        if (length > 0) copy_run(images_ + at + skip, to + in_patch + skip - begin, length);
      });
      if (relu_) kernels().relu(to, to, end - begin);
      if (++x < columns.out) continue;
      x = 0;
      if (++y < rows.out) continue;
      y = 0, ++image;
    }
  }

  /// body(in images, in patch, length) for every row of the patch, as far as it lies on the image; with dilation
  /// for every pixel.
  template <class Body>
  static void each_run(const ops::WindowGeometry& g, Index image, Index y, Index x, Body body) {
    if (g.is_dilated()) return each_pixel(g, image, y, x, body);
    const Index first = g.columns.first_tap(x), length = (g.columns.end_tap(x) - first) * g.channels;
    const Index top = image * g.rows.in + g.rows.start(y), left = g.columns.start(x) + first;
    for (Index tap = g.rows.first_tap(y); tap < g.rows.end_tap(y); ++tap) {
      body(((top + tap) * g.columns.in + left) * g.channels, (tap * g.columns.kernel + first) * g.channels,
           length);
    }
  }

 private:
  template <class Body>
  static void each_pixel(const ops::WindowGeometry& g, Index image, Index y, Index x, Body body) {
    const Index first = image * g.rows.in * g.columns.in * g.channels;
    each_tap(g, y, x, [&](Index pixel, Index tap) { body(first + pixel, tap * g.channels, g.channels); });
  }

  /// A tap lies on padding.
  static bool padded(const ops::WindowAxis& axis, Index at) {
    return axis.start(at) < 0 || axis.start(at) + axis.extent() > axis.in;
  }

  /// Short runs (nine floats in a net's first layer) are not worth a call of memcpy.
  static void copy_run(const float* from, float* to, Index length) {
    if (length < 4 || length > 64) {
      std::memcpy(to, from, std::size_t(length) * sizeof(float));
      return;
    }
    for (Index i = 0; i + 4 <= length; i += 4) std::memcpy(to + i, from + i, 16);
    std::memcpy(to + length - 4, from + length - 4, 16);
  }

  const float* images_;
  ops::WindowGeometry geometry_;
  bool relu_;
};

}  // namespace tanuki::eigen
