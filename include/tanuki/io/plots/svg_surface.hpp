#pragma once

// A drawing as SVG text. Colours are attributes, so that a page's style sheet may give them others in the dark.

#include <cmath>

#include "tanuki/io/plots/surface.hpp"

namespace tanuki::plots {

/// For text and attributes of SVG and HTML. Control characters become spaces.
inline std::string escape(std::string_view text) {
  std::string result;
  for (char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += static_cast<unsigned char>(c) < 32 ? ' ' : c;
    }
  }
  return result;
}

inline std::string hex(Colour colour) {
  char text[16];
  std::snprintf(text, sizeof text, "#%06x", unsigned(colour));
  return text;
}

class SvgSurface final : public Surface {
 public:
  SvgSurface(int width, int height) {
    const std::string size[] = {std::to_string(width), std::to_string(height)};
    svg_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size[0] + "\" height=\"" + size[1] +
           "\" viewBox=\"0 0 " + size[0] + " " + size[1] +
           "\" font-family=\"Helvetica, Arial, sans-serif\">\n";
    rectangle({0, 0}, width, height, paper);
  }

  std::string text() const { return svg_ + "</svg>\n"; }

  void rectangle(Point corner, double width, double height, Colour fill, double opacity = 1) override {
    svg_ += "<rect x=\"" + number(corner.x, 1) + "\" y=\"" + number(corner.y, 1) + "\" width=\"" +
            number(width, 1) + "\" height=\"" + number(height, 1) + "\" fill=\"" + hex(fill) + "\"";
    if (opacity < 1) svg_ += " fill-opacity=\"" + number(opacity, 3) + "\"";
    svg_ += "/>\n";
  }

  void line(Point from, Point to, const Stroke& stroke) override {
    svg_ += "<line x1=\"" + number(from.x, 1) + "\" y1=\"" + number(from.y, 1) + "\" x2=\"" +
            number(to.x, 1) + "\" y2=\"" + number(to.y, 1) + "\" stroke=\"" + hex(stroke.colour) + "\"";
    if (stroke.width != 1) svg_ += " stroke-width=\"" + number(stroke.width, 1) + "\"";
    if (stroke.dashed) svg_ += " stroke-dasharray=\"5 4\"";
    svg_ += "/>\n";
  }

  void curve(const std::vector<Point>& points, const Stroke& stroke) override {
    std::string path;
    bool pen_down = false;
    for (const Point& point : points) {
      const bool there = std::isfinite(point.y);
      if (there) path += (pen_down ? "L" : "M") + number(point.x, 1) + " " + number(point.y, 1) + " ";
      pen_down = there;
    }
    if (path.empty()) return;
    svg_ += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + hex(stroke.colour) + "\" stroke-width=\"" +
            number(stroke.width, 1) + "\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n";
  }

  void dot(Point centre, double radius, Colour fill) override {
    svg_ += "<circle cx=\"" + number(centre.x, 1) + "\" cy=\"" + number(centre.y, 1) + "\" r=\"" +
            number(radius, 1) + "\" fill=\"" + hex(fill) + "\"/>\n";
  }

  void text(Point at, std::string_view words, const TextStyle& style) override {
    static constexpr const char* anchors[] = {"start", "middle", "end"};
    svg_ += "<text x=\"" + number(at.x, 1) + "\" y=\"" + number(at.y, 1) + "\" text-anchor=\"" +
            anchors[int(style.anchor)] + "\" font-size=\"" + std::to_string(style.size) + "\" fill=\"" +
            hex(style.colour) + "\"" + (style.bold ? " font-weight=\"600\"" : "") + ">" + escape(words) +
            "</text>\n";
  }

 private:
  std::string svg_;
};

}  // namespace tanuki::plots
