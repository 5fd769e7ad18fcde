#pragma once

// A window that slides over the height and width of an image (height, width, channels): what convolutions and
// pooling share. Padding is Keras': `valid` has none, `same` gives ceil(in / stride) positions and puts the
// odd row or column of zeros at the bottom or right (keras/src/ops/operation_utils.py, tf.nn.convolution).

#include <algorithm>
#include <string>
#include <string_view>

#include "tanuki/ops/image.hpp"

namespace tanuki::ops {

enum class Padding { valid, same };

/// A height and a width; one number means both: `.strides = 2`, `.strides = {2, 1}`.
struct Size2D {
  Index height = 1, width = 1;

  constexpr Size2D() = default;
  constexpr Size2D(Index both) : height(both), width(both) {}
  constexpr Size2D(Index h, Index w) : height(h), width(w) {}

  std::string str() const {
    std::string text = "(";
    text += std::to_string(height) + ", " + std::to_string(width);
    return text += ")";
  }
  friend constexpr bool operator==(const Size2D&, const Size2D&) = default;
};

/// One axis of the window: `out` positions of `kernel` taps over `in` numbers. At every position at least one
/// tap lies on the input.
struct WindowAxis {
  Index in, out, kernel, stride;
  Index pad;  ///< zeros before the first number

  /// Where tap 0 lies; negative on padding.
  Index start(Index position) const { return position * stride - pad; }
  /// The taps that lie on the input are [first_tap, end_tap).
  Index first_tap(Index position) const { return std::max<Index>(0, -start(position)); }
  Index end_tap(Index position) const { return std::min(kernel, in - start(position)); }
};

/// A window over images of one size.
struct WindowGeometry {
  WindowAxis rows, columns;
  Index channels;  ///< of the input

  Index positions() const { return rows.out * columns.out; }
  /// Each position is one pixel, and each pixel a position.
  bool is_pointwise() const { return rows.kernel * columns.kernel * rows.stride * columns.stride == 1; }
};

/// What a convolution is told; its window's size is its kernel's.
struct ConvolutionOptions {
  Size2D strides = 1;
  Padding padding = Padding::valid;
};

struct Window {
  Size2D size = 1;
  Size2D strides = 1;
  Padding padding = Padding::valid;

  /// The geometry over `input` (height, width, channels). Throws Error, with `op` in front, where the input
  /// is no image, a size or stride is below 1, or a `valid` window is larger than the input.
  WindowGeometry over(const Shape& input, std::string_view op) const {
    expect_image(input, op);
    for (Index number : {size.height, size.width, strides.height, strides.width}) {
      if (number >= 1 && number <= max_number) continue;
      fail("[", op, "] window ", size.str(), " with strides ", strides.str(), ": expected numbers from 1 to ",
           max_number);
    }
    if (padding == Padding::valid && (input[0] < size.height || input[1] < size.width)) {
      fail("[", op, "] input ", input, " is smaller than the window ", size.str(),
           ": expected at least its size, or padding same");
    }
    return {axis(input[0], size.height, strides.height), axis(input[1], size.width, strides.width), input[2]};
  }

 private:
  static constexpr Index max_number = Index{1} << 30;  // keeps the sums of axis() in range

  WindowAxis axis(Index in, Index kernel, Index stride) const {
    if (padding == Padding::valid) return {in, (in - kernel) / stride + 1, kernel, stride, 0};
    const Index out = (in - 1) / stride + 1;
    const Index total = std::max<Index>((out - 1) * stride + kernel - in, 0);
    return {in, out, kernel, stride, total / 2};
  }
};

}  // namespace tanuki::ops
