#pragma once

// What plots are drawn on: an SVG picture or pixels. Lengths are those of the SVG picture, its pixels; y grows
// downwards.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace tanuki::plots {

/// 0xRRGGBB.
using Colour = std::uint32_t;

inline constexpr Colour paper = 0xffffff, ink = 0x222222, soft_ink = 0x555555, grid_line = 0xe6e6e6,
                        axis_line = 0x999999;

/// The i-th curve's.
inline Colour curve_colour(std::size_t i) {
  static constexpr Colour colours[] = {0x3b6fb6, 0xe07b39, 0x4a9d5b, 0xa855a8, 0x8a6d3b, 0x666666};
  return colours[i % std::size(colours)];
}

struct Point {
  double x, y;
};

struct Stroke {
  Colour colour;
  double width = 1;
  bool dashed = false;
};

enum class Anchor { start, middle, end };

struct TextStyle {
  Anchor anchor = Anchor::start;
  int size = 12;
  Colour colour = soft_ink;
  bool bold = false;
};

class Surface {
 public:
  virtual ~Surface() = default;

  /// `opacity`: how much of what is below it hides, 0 to 1.
  virtual void rectangle(Point corner, double width, double height, Colour fill, double opacity = 1) = 0;
  virtual void line(Point from, Point to, const Stroke& stroke) = 0;
  /// Lines from point to point; what is not finite leaves a gap.
  virtual void curve(const std::vector<Point>& points, const Stroke& stroke) = 0;
  virtual void dot(Point centre, double radius, Colour fill) = 0;
  /// The words stand on the line at `at`.
  virtual void text(Point at, std::string_view words, const TextStyle& style) = 0;
};

/// About how wide a text is.
inline double text_width(std::string_view words, int size) { return 0.55 * size * double(words.size()); }

inline std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value == 0 ? 0.0 : value);
  return text;
}

}  // namespace tanuki::plots
