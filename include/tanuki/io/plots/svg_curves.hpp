#pragma once

// Curves over epochs as an SVG picture: one panel a quantity, side by side.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/atomic_file.hpp"

namespace tanuki {

/// Value i belongs to epoch i + 1. What is not finite leaves a gap.
struct Curve {
  std::string name;
  std::vector<double> values;
};

struct CurvePanel {
  std::string title;
  std::vector<Curve> curves;
};

struct SvgCurvesOptions {
  std::string title = {};
  std::string x_label = "epoch";
  std::size_t mark_after = 0;  // a dashed line after this many epochs; 0: none
  std::string mark_label = "fine-tuning";
  int panel_width = 460;
  int panel_height = 340;
};

namespace plots {

/// Numbers to label an axis with: multiples of 1, 2 or 5 times a power of ten, about `wanted` of them.
struct Ticks {
  double low, high, step;
};
inline Ticks ticks(double low, double high, int wanted = 5) {
  if (!(high > low)) {
    const double room = std::max(std::abs(low) * 0.1, 1e-3);
    low -= room, high += room;
  }
  const double raw = (high - low) / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
  const double step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
  return {std::floor(low / step + 1e-9) * step, std::ceil(high / step - 1e-9) * step, step};
}

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

inline std::string number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value == 0 ? 0.0 : value);
  return text;
}

/// One panel's frame, in pixels, and its axes.
class SvgPanel {
 public:
  SvgPanel(std::string& svg, const CurvePanel& panel, const SvgCurvesOptions& options, double left,
           double top)
      : svg_(svg),
        panel_(panel),
        options_(options),
        left_(left + 56),
        top_(top + 34),
        width_(options.panel_width - 56 - 14),
        height_(options.panel_height - 34 - 74) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const Curve& curve : panel.curves) {
      epochs_ = std::max(epochs_, double(curve.values.size()));
      for (double value : curve.values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value), high = std::max(high, value);
      }
    }
    y_ = low <= high ? ticks(low, high) : ticks(0, 1);
  }

  void draw() {
    text(left_, top_ - 12, "start", 15, "#222", panel_.title, "font-weight=\"600\"");
    axes();
    mark();
    for (std::size_t i = 0; i < panel_.curves.size(); ++i) curve(panel_.curves[i], colour(i));
    legend();
  }

 private:
  static const char* colour(std::size_t i) {
    static constexpr const char* colours[] = {"#3b6fb6", "#e07b39", "#4a9d5b",
                                              "#a855a8", "#8a6d3b", "#666666"};
    return colours[i % std::size(colours)];
  }

  double x(double epoch) const {
    return left_ + (epochs_ > 1 ? (epoch - 1) / (epochs_ - 1) * (width_ - 16) + 8 : width_ / 2);
  }
  double y(double value) const { return top_ + height_ - (value - y_.low) / (y_.high - y_.low) * height_; }

  void line(double x1, double y1, double x2, double y2, const std::string& style) {
    svg_ += "<line x1=\"" + number(x1, 1) + "\" y1=\"" + number(y1, 1) + "\" x2=\"" + number(x2, 1) +
            "\" y2=\"" + number(y2, 1) + "\" " + style + "/>\n";
  }
  void text(double at_x, double at_y, const char* anchor, int size, const char* fill, std::string_view words,
            const char* more = "") {
    svg_ += "<text x=\"" + number(at_x, 1) + "\" y=\"" + number(at_y, 1) + "\" text-anchor=\"" + anchor +
            "\" font-size=\"" + std::to_string(size) + "\" fill=\"" + fill + "\" " + more + ">" +
            escape(words) + "</text>\n";
  }

  void axes() {
    const int digits = int(std::clamp(std::ceil(-std::log10(y_.step) - 1e-9), 0.0, 12.0));
    for (long i = 0; i <= std::lround((y_.high - y_.low) / y_.step); ++i) {
      const double value = y_.low + double(i) * y_.step;
      line(left_, y(value), left_ + width_, y(value), "stroke=\"#e6e6e6\"");
      text(left_ - 8, y(value) + 4, "end", 12, "#555", number(value, digits));
    }
    line(left_, top_ + height_, left_ + width_, top_ + height_, "stroke=\"#999\"");
    const double step = std::max(1.0, ticks(1, std::max(2.0, epochs_), 8).step);
    for (double epoch = step; epoch <= epochs_; epoch += step) {
      line(x(epoch), top_ + height_, x(epoch), top_ + height_ + 5, "stroke=\"#999\"");
      text(x(epoch), top_ + height_ + 19, "middle", 12, "#555", number(epoch, 0));
    }
    text(left_ + width_ / 2, top_ + height_ + 37, "middle", 12, "#555", options_.x_label);
  }

  void mark() {
    const double after = double(options_.mark_after);
    if (after < 1 || after >= epochs_) return;
    const double at = x(after + 0.5);
    line(at, top_, at, top_ + height_, "stroke=\"#888\" stroke-dasharray=\"5 4\"");
    const bool right = at < left_ + width_ * 0.85;
    text(at, top_ - 6, right ? "middle" : "end", 12, "#666", options_.mark_label);
  }

  void curve(const Curve& curve, const char* stroke) {
    std::string path, dots;
    bool pen_down = false;
    for (std::size_t i = 0; i < curve.values.size(); ++i) {
      const bool there = std::isfinite(curve.values[i]);
      if (there) {
        const std::string at_x = number(x(double(i) + 1), 1), at_y = number(y(curve.values[i]), 1);
        path += (pen_down ? "L" : "M") + at_x + " " + at_y + " ";
        if (curve.values.size() <= 60)
          dots += "<circle cx=\"" + at_x + "\" cy=\"" + at_y + "\" r=\"2.6\" fill=\"" + stroke + "\"/>\n";
      }
      pen_down = there;
    }
    if (path.empty()) return;
    svg_ += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + stroke +
            "\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n" + dots;
  }

  /// Names with their last values.
  void legend() {
    double at = left_;
    const double row = top_ + height_ + 60;
    for (std::size_t i = 0; i < panel_.curves.size(); ++i) {
      const Curve& curve = panel_.curves[i];
      std::string label = curve.name;
      if (!curve.values.empty() && std::isfinite(curve.values.back()))
        label += "  " + number(curve.values.back(), 3);
      line(at, row - 4, at + 18, row - 4, "stroke=\"" + std::string(colour(i)) + "\" stroke-width=\"3\"");
      text(at + 24, row, "start", 12, "#333", label);
      at += 44 + 6.6 * double(label.size());
    }
  }

  std::string& svg_;
  const CurvePanel& panel_;
  const SvgCurvesOptions& options_;
  double left_, top_, width_, height_, epochs_ = 0;
  Ticks y_{};
};

}  // namespace plots

/// The picture as SVG text.
inline std::string svg_curves(const std::vector<CurvePanel>& panels, const SvgCurvesOptions& options = {}) {
  const int header = options.title.empty() ? 8 : 40, width = options.panel_width * int(panels.size());
  const std::string size[] = {std::to_string(width), std::to_string(options.panel_height + header)};
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size[0] + "\" height=\"" +
                    size[1] + "\" viewBox=\"0 0 " + size[0] + " " + size[1] +
                    "\" font-family=\"Helvetica, Arial, sans-serif\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  if (!options.title.empty())
    svg += "<text x=\"" + std::to_string(width / 2) +
           "\" y=\"27\" text-anchor=\"middle\" font-size=\"17\" font-weight=\"600\" fill=\"#222\">" +
           plots::escape(options.title) + "</text>\n";
  for (std::size_t i = 0; i < panels.size(); ++i)
    plots::SvgPanel(svg, panels[i], options, double(options.panel_width) * double(i), header).draw();
  return svg + "</svg>\n";
}

/// Throws Error, with the path, where the file cannot be written.
inline void write_svg_curves(const std::string& path, const std::vector<CurvePanel>& panels,
                             const SvgCurvesOptions& options = {}) {
  AtomicFile file(path);
  file.write(svg_curves(panels, options));
  file.commit();
}

}  // namespace tanuki
