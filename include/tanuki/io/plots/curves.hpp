#pragma once

// Curves over epochs: one panel a quantity, some of them side by side.

#include <algorithm>
#include <cmath>
#include <limits>

#include "tanuki/core/shape.hpp"
#include "tanuki/io/plots/surface.hpp"

namespace tanuki {

/// Value i belongs to epoch epochs[i], counted from 0, or where none are given to epoch i. What is not finite leaves a gap.
struct Curve {
  std::string name;
  std::vector<double> values;
  std::vector<Index> epochs = {};

  /// Counted from 1.
  double epoch(std::size_t i) const { return epochs.empty() ? double(i) + 1 : double(epochs[i]) + 1; }
};

struct CurvePanel {
  std::string title;
  std::vector<Curve> curves;
};

struct CurvesOptions {
  std::string title = {};
  std::string x_label = "epoch";
  std::size_t mark_after = 0;  // a dashed line after this many epochs; 0: none
  std::string mark_label = "fine-tuning";
  int panel_width = 460;
  int panel_height = 340;
  int columns = 3;  // panels side by side, at most
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

/// One panel's frame and its axes.
class PanelDrawing {
 public:
  PanelDrawing(Surface& surface, const CurvePanel& panel, const CurvesOptions& options, double left,
               double top)
      : surface_(surface),
        panel_(panel),
        options_(options),
        left_(left + 56),
        top_(top + 34),
        width_(options.panel_width - 56 - 14),
        height_(options.panel_height - 34 - 74) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const Curve& curve : panel.curves) {
      if (!curve.values.empty()) epochs_ = std::max(epochs_, curve.epoch(curve.values.size() - 1));
      for (double value : curve.values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value), high = std::max(high, value);
      }
    }
    y_ = low <= high ? ticks(low, high) : ticks(0, 1);
  }

  void draw() {
    surface_.text({left_, top_ - 12}, panel_.title, {Anchor::start, 15, ink, true});
    axes();
    mark();
    for (std::size_t i = 0; i < panel_.curves.size(); ++i) curve(panel_.curves[i], curve_colour(i));
    legend();
  }

 private:
  double x(double epoch) const {
    return left_ + (epochs_ > 1 ? (epoch - 1) / (epochs_ - 1) * (width_ - 16) + 8 : width_ / 2);
  }
  double y(double value) const { return top_ + height_ - (value - y_.low) / (y_.high - y_.low) * height_; }

  void axes() {
    const int digits = int(std::clamp(std::ceil(-std::log10(y_.step) - 1e-9), 0.0, 12.0));
    for (long i = 0; i <= std::lround((y_.high - y_.low) / y_.step); ++i) {
      const double value = y_.low + double(i) * y_.step;
      surface_.line({left_, y(value)}, {left_ + width_, y(value)}, {grid_line});
      surface_.text({left_ - 8, y(value) + 4}, number(value, digits), {Anchor::end});
    }
    const double bottom = top_ + height_;
    surface_.line({left_, bottom}, {left_ + width_, bottom}, {axis_line});
    const double step = std::max(1.0, ticks(1, std::max(2.0, epochs_), 8).step);
    for (double epoch = step; epoch <= epochs_; epoch += step) {
      surface_.line({x(epoch), bottom}, {x(epoch), bottom + 5}, {axis_line});
      surface_.text({x(epoch), bottom + 19}, number(epoch, 0), {Anchor::middle});
    }
    surface_.text({left_ + width_ / 2, bottom + 37}, options_.x_label, {Anchor::middle});
  }

  void mark() {
    const double after = double(options_.mark_after);
    if (after < 1 || after >= epochs_) return;
    const double at = x(after + 0.5);
    surface_.line({at, top_}, {at, top_ + height_}, {axis_line, 1, true});
    const bool right = at < left_ + width_ * 0.85;
    surface_.text({at, top_ - 6}, options_.mark_label, {right ? Anchor::middle : Anchor::end});
  }

  void curve(const Curve& curve, Colour colour) {
    std::vector<Point> points;
    for (double value : curve.values) points.push_back({x(curve.epoch(points.size())), y(value)});
    surface_.curve(points, {colour, 2});
    if (points.size() > 60) return;
    for (const Point& point : points) {
      if (std::isfinite(point.y)) surface_.dot(point, 2.6, colour);
    }
  }

  /// Names with their last values; on lines below each other where there is no room on one.
  void legend() {
    std::vector<std::string> labels;
    double needed = 0;
    for (const Curve& curve : panel_.curves) {
      labels.push_back(curve.name);
      if (!curve.values.empty() && std::isfinite(curve.values.back()))
        labels.back() += "  " + number(curve.values.back(), 3);
      needed += 44 + text_width(labels.back(), 12);
    }
    double at = left_, row = top_ + height_ + (needed > width_ ? 54 : 60);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      surface_.line({at, row - 4}, {at + 18, row - 4}, {curve_colour(i), 3});
      surface_.text({at + 24, row}, labels[i], {.colour = ink});
      if (needed > width_) {
        row += 15;
      } else {
        at += 44 + text_width(labels[i], 12);
      }
    }
  }

  Surface& surface_;
  const CurvePanel& panel_;
  const CurvesOptions& options_;
  double left_, top_, width_, height_, epochs_ = 0;
  Ticks y_{};
};

inline int curve_columns(std::size_t panels, const CurvesOptions& options) {
  return std::clamp(int(panels), 1, std::max(options.columns, 1));
}

/// The picture on a surface that make(width, height) gives.
template <class MakeSurface>
auto draw_curves(const std::vector<CurvePanel>& panels, const CurvesOptions& options,
                 const MakeSurface& make) {
  const int header = options.title.empty() ? 8 : 40, columns = curve_columns(panels.size(), options);
  const int rows = std::max(1, (int(panels.size()) + columns - 1) / columns);
  auto surface = make(options.panel_width * columns, options.panel_height * rows + header);
  if (!options.title.empty())
    surface.text({options.panel_width * columns / 2.0, 27}, options.title, {Anchor::middle, 17, ink, true});
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const int column = int(i) % columns, row = int(i) / columns;
    PanelDrawing(surface, panels[i], options, options.panel_width * column,
                 header + options.panel_height * row)
        .draw();
  }
  return surface;
}

}  // namespace plots
}  // namespace tanuki
