#pragma once

// A drawing as pixels, with smooth edges; two pixels to each of the SVG picture's. Words are set in pixel_font.

#include <algorithm>
#include <cmath>

#include "tanuki/data/image.hpp"
#include "tanuki/io/plots/pixel_font.hpp"
#include "tanuki/io/plots/surface.hpp"

namespace tanuki::plots {

/// Writes `text` with its upper left corner at (x, y), `scale` pixels for each of the font's; what lies outside of the
/// image is left out.
inline void write_pixels(Image& image, std::string_view text, Index x, Index y, Index scale, Colour colour) {
  for (char character : text) {
    for (Index row = 0; row < pixel_font::height * scale; ++row) {
      for (Index column = 0; column < pixel_font::width * scale; ++column) {
        const Index to_x = x + column, to_y = y + row;
        const bool inside = to_x >= 0 && to_x < image.width && to_y >= 0 && to_y < image.height;
        if (!inside || !pixel_font::ink(character, int(column / scale), int(row / scale))) continue;
        auto* pixel = image.pixels.data() + (to_y * image.width + to_x) * Image::channels;
        for (Index c = 0; c < Image::channels; ++c) pixel[c] = std::uint8_t(colour >> (16 - 8 * c));
      }
    }
    x += (pixel_font::width + 1) * scale;
  }
}

class PixelSurface final : public Surface {
 public:
  static constexpr int scale = 2;

  PixelSurface(int width, int height) : image_{Index(height) * scale, Index(width) * scale, {}} {
    image_.pixels.assign(std::size_t(image_.height * image_.width * Image::channels), 255);
  }

  const Image& image() const { return image_; }

  void rectangle(Point corner, double width, double height, Colour fill, double opacity = 1) override {
    const Point low = scaled(corner), high = scaled({corner.x + width, corner.y + height});
    // How much of a pixel's row or column lies between two numbers.
    const auto share = [](double from, double to, double at) {
      return std::clamp(std::min(to, at + 0.5) - std::max(from, at - 0.5), 0.0, 1.0);
    };
    paint(low, high, fill,
          [&](double x, double y) { return opacity * share(low.x, high.x, x) * share(low.y, high.y, y); });
  }

  void line(Point from, Point to, const Stroke& stroke) override {
    const Point a = scaled(from), b = scaled(to);
    const double reach = stroke.width * scale / 2, length = std::hypot(b.x - a.x, b.y - a.y);
    const Point low{std::min(a.x, b.x) - reach, std::min(a.y, b.y) - reach};
    const Point high{std::max(a.x, b.x) + reach, std::max(a.y, b.y) + reach};
    paint(low, high, stroke.colour, [&](double x, double y) {
      const double along =
          length > 0 ? std::clamp(((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length, 0.0, length)
                     : 0;
      if (stroke.dashed && std::fmod(along, 9.0 * scale) > 5.0 * scale) return 0.0;
      const double share = length > 0 ? along / length : 0;
      const double away = std::hypot(x - a.x - share * (b.x - a.x), y - a.y - share * (b.y - a.y));
      return reach + 0.5 - away;
    });
  }

  void curve(const std::vector<Point>& points, const Stroke& stroke) override {
    for (std::size_t i = 1; i < points.size(); ++i) {
      if (std::isfinite(points[i - 1].y + points[i].y)) line(points[i - 1], points[i], stroke);
    }
  }

  void dot(Point centre, double radius, Colour fill) override { line(centre, centre, {fill, 2 * radius}); }

  void text(Point at, std::string_view words, const TextStyle& style) override {
    // Capitals are as high as they are in print: some 0.72 of the size.
    const Index size = std::max<Index>(1, std::lround(style.size * scale * 0.72 / pixel_font::height));
    const Index width = (Index(words.size()) * (pixel_font::width + 1) - 1) * size;
    const Point base = scaled(at);
    const Index shift = style.anchor == Anchor::start    ? 0
                        : style.anchor == Anchor::middle ? width / 2
                                                         : width;
    const Index left = std::lround(base.x) - shift, top = std::lround(base.y) - pixel_font::height * size;
    write_pixels(image_, words, left, top, size, style.colour);
    if (style.bold) write_pixels(image_, words, left + 1, top, size, style.colour);
  }

 private:
  static Point scaled(Point point) { return {point.x * scale, point.y * scale}; }

  /// Lays the colour over the pixels between two corners; `cover` says how much of it a pixel gets.
  template <class Cover>
  void paint(Point low, Point high, Colour colour, const Cover& cover) {
    const auto bound = [](double at, Index size) { return std::clamp<Index>(Index(at), 0, size); };
    const Index left = bound(std::floor(low.x - 1), image_.width);
    const Index right = bound(std::ceil(high.x + 1), image_.width);
    const Index bottom = bound(std::ceil(high.y + 1), image_.height);
    for (Index y = bound(std::floor(low.y - 1), image_.height); y < bottom; ++y) {
      for (Index x = left; x < right; ++x) {
        const double share = std::clamp(double(cover(double(x) + 0.5, double(y) + 0.5)), 0.0, 1.0);
        auto* pixel = image_.pixels.data() + (y * image_.width + x) * Image::channels;
        for (Index c = 0; c < Image::channels; ++c) {
          const double wanted = double(std::uint8_t(colour >> (16 - 8 * c)));
          pixel[c] = std::uint8_t(std::lround(double(pixel[c]) + share * (wanted - double(pixel[c]))));
        }
      }
    }
  }

  Image image_;
};

}  // namespace tanuki::plots
