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

/// Rows or columns before and after what is there.
struct Ends {
  Index before = 0, after = 0;

  constexpr Ends() = default;
  constexpr Ends(Index both) : before(both), after(both) {}
  constexpr Ends(Index first, Index last) : before(first), after(last) {}

  Index sum() const { return before + after; }
  std::string str() const { return Size2D(before, after).str(); }
  friend constexpr bool operator==(const Ends&, const Ends&) = default;
};

/// The same on all four sides, in all of Keras' forms: `1`, `{rows, columns}`, `{{top, bottom}, {left, right}}`.
struct Borders {
  Ends rows, columns;

  constexpr Borders() = default;
  constexpr Borders(Index all) : rows(all), columns(all) {}
  constexpr Borders(Index height, Index width) : rows(height), columns(width) {}
  constexpr Borders(Ends height, Ends width) : rows(height), columns(width) {}

  std::string str() const {
    std::string text = "(";
    text += rows.str() + ", " + columns.str();
    return text += ")";
  }
  friend constexpr bool operator==(const Borders&, const Borders&) = default;
  friend constexpr Borders operator+(const Borders& a, const Borders& b) {
    return {{a.rows.before + b.rows.before, a.rows.after + b.rows.after},
            {a.columns.before + b.columns.before, a.columns.after + b.columns.after}};
  }
};

/// One axis of the window: `out` positions of `kernel` taps over `in` numbers.
struct WindowAxis {
  Index in, out, kernel, stride;
  Index pad;           ///< zeros before the first number
  Index dilation = 1;  ///< from one tap to the next

  /// From the first tap to the last.
  Index extent() const { return (kernel - 1) * dilation + 1; }
  /// Where tap 0 lies; negative on padding.
  Index start(Index position) const { return position * stride - pad; }
  /// The taps that lie on the input are [first_tap, end_tap). With dilation or explicit zeros there may be none.
  Index first_tap(Index position) const {
    const Index at = start(position);
    return at >= 0 ? 0 : std::min(kernel, taps(-at));
  }
  Index end_tap(Index position) const {
    const Index left = in - start(position);
    return left >= extent() ? kernel : taps(left);
  }

 private:
  /// Those that lie less than `distance` after tap 0.
  Index taps(Index distance) const {
    if (distance <= 0) return 0;
    return dilation == 1 ? distance : (distance - 1) / dilation + 1;
  }
};

/// A window over images of one size.
struct WindowGeometry {
  WindowAxis rows, columns;
  Index channels;  ///< of the input

  Index positions() const { return rows.out * columns.out; }
  /// Each position is one pixel, and each pixel a position.
  bool is_pointwise() const {
    return rows.kernel * columns.kernel * rows.stride * columns.stride == 1 && rows.in == rows.out &&
           columns.in == columns.out;
  }
  bool is_dilated() const { return rows.dilation > 1 || columns.dilation > 1; }
};

struct Window {
  Size2D size = 1;
  Size2D strides = 1;
  Padding padding = Padding::valid;
  Size2D dilation = 1;  ///< pixels from one tap to the next
  Borders zeros = {};   ///< around the input, before `padding` looks at it

  /// The geometry over `input` (height, width, channels). Throws Error, with `op` in front, where the input
  /// is no image, a number is out of range, or a `valid` window is larger than the input with its zeros.
  WindowGeometry over(const Shape& input, std::string_view op) const {
    expect_image(input, op);
    for (Index number : {size.height, size.width, strides.height, strides.width}) {
      if (number >= 1 && number <= max_number) continue;
      fail("[", op, "] window ", size.str(), " with strides ", strides.str(), ": expected numbers from 1 to ",
           max_number);
    }
    for (Index number : {dilation.height, dilation.width}) {
      if (number < 1 || number > max_number)
        fail("[", op, "] dilation ", dilation.str(), ": expected numbers from 1 to ", max_number);
    }
    expect_borders(zeros, op);
    const WindowAxis rows = axis(input[0], size.height, strides.height, dilation.height, zeros.rows),
                     columns = axis(input[1], size.width, strides.width, dilation.width, zeros.columns);
    if (rows.out < 1 || columns.out < 1) {
      fail("[", op, "] input ", input, " is smaller than the window ",
           Size2D(rows.extent(), columns.extent()).str(), ": expected at least its size, or padding same");
    }
    return {rows, columns, input[2]};
  }

  /// Throws Error unless all four numbers are from 0 to some 10⁹.
  static void expect_borders(const Borders& borders, std::string_view op) {
    for (Index number :
         {borders.rows.before, borders.rows.after, borders.columns.before, borders.columns.after}) {
      if (number < 0 || number > max_number)
        fail("[", op, "] borders ", borders.str(), ": expected numbers from 0 to ", max_number);
    }
  }

 private:
  static constexpr Index max_number = Index{1} << 30;  // keeps the sums of axis() in range

  /// `out` is below 1 where a `valid` window does not fit.
  WindowAxis axis(Index in, Index kernel, Index stride, Index taps_apart, const Ends& around) const {
    WindowAxis found{in, 0, kernel, stride, around.before, taps_apart};
    const Index whole = in + around.sum(), extent = found.extent();
    if (padding == Padding::valid) {
      found.out = whole < extent ? 0 : (whole - extent) / stride + 1;
    } else {
      found.out = (whole - 1) / stride + 1;
      found.pad += std::max<Index>((found.out - 1) * stride + extent - whole, 0) / 2;
    }
    return found;
  }
};

/// What a convolution is told; its window's size is its kernel's.
struct ConvolutionOptions {
  Size2D strides = 1;
  Padding padding = Padding::valid;
  Size2D dilation = 1;
  Borders zeros = {};

  Window window(Size2D kernel) const { return {kernel, strides, padding, dilation, zeros}; }
};

/// The window of a kernel (height, width, …), or of one of a sequence's, (width, in, out), over images of height 1.
inline Size2D kernel_size(const Shape& kernel) {
  return kernel.rank() == 3 ? Size2D(1, kernel[0]) : Size2D(kernel[0], kernel[1]);
}

}  // namespace tanuki::ops
