#pragma once

// A small anti-aliased rasteriser. A shape is a signed distance (negative inside) in the picture's own units:
// y grows downwards and the shorter side is 2 units, from -1 to 1. Coverage of a pixel follows from the
// distance. Formulas: Inigo Quilez, "2D distance functions" and "Smooth minimum" (iquilezles.org).

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tanuki/data/image.hpp"

namespace pets {

using tanuki::Index;

struct Vec {
  float x = 0, y = 0;

  friend Vec operator+(Vec a, Vec b) { return {a.x + b.x, a.y + b.y}; }
  friend Vec operator-(Vec a, Vec b) { return {a.x - b.x, a.y - b.y}; }
  friend Vec operator*(Vec a, float s) { return {a.x * s, a.y * s}; }
};
inline float dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y; }
inline float length(Vec a) { return std::sqrt(dot(a, a)); }
inline Vec turn(Vec a, float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  return {a.x * c - a.y * s, a.x * s + a.y * c};
}

/// Red, green, blue from 0 to 1.
struct Colour {
  float r = 0, g = 0, b = 0;

  friend Colour operator*(Colour c, float s) { return {c.r * s, c.g * s, c.b * s}; }
  friend Colour operator+(Colour c, Colour d) { return {c.r + d.r, c.g + d.g, c.b + d.b}; }
};
inline Colour mix(Colour a, Colour b, float t) { return a * (1 - t) + b * t; }

/// From 0 to 1 while x goes from `low` to `high`.
inline float ramp(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

/// The smallest box that holds a shape, to paint no more pixels than needed.
struct Box {
  Vec low{1e9f, 1e9f}, high{-1e9f, -1e9f};

  void add(Vec p, float radius) {
    low = {std::min(low.x, p.x - radius), std::min(low.y, p.y - radius)};
    high = {std::max(high.x, p.x + radius), std::max(high.y, p.y + radius)};
  }
};

struct Ellipse {
  Vec centre, radii;
  float angle = 0;

  float distance(Vec p) const {
    p = turn(p - centre, -angle);
    const float k0 = length({p.x / radii.x, p.y / radii.y});
    const float k1 = length({p.x / (radii.x * radii.x), p.y / (radii.y * radii.y)});
    return k1 > 0 ? k0 * (k0 - 1) / k1 : -std::min(radii.x, radii.y);
  }
  Box box() const {
    Box box;
    box.add(centre, std::max(radii.x, radii.y));
    return box;
  }
};

/// A closed polygon whose corners are rounded by `radius`.
struct Polygon {
  std::vector<Vec> points;
  float radius = 0;

  float distance(Vec p) const {
    float nearest = 1e9f;
    bool inside = false;
    for (std::size_t i = 0, j = points.size() - 1; i < points.size(); j = i++) {
      const Vec edge = points[j] - points[i], to = p - points[i];
      const float t = std::clamp(dot(to, edge) / dot(edge, edge), 0.0f, 1.0f);
      nearest = std::min(nearest, length(to - edge * t));
      if ((points[i].y > p.y) != (points[j].y > p.y) && to.x < edge.x * to.y / edge.y) inside = !inside;
    }
    return (inside ? -nearest : nearest) - radius;
  }
  Box box() const {
    Box box;
    for (Vec p : points) box.add(p, radius);
    return box;
  }
};

/// A stick from `a` to `b` whose thickness goes from `ra` to `rb`; a disc where both ends are the same.
struct Limb {
  Vec a, b;
  float ra, rb;

  float distance(Vec p) const {
    const Vec along = b - a, to = p - a;
    const float t = std::clamp(dot(to, along) / std::max(dot(along, along), 1e-9f), 0.0f, 1.0f);
    return length(to - along * t) - (ra + (rb - ra) * t);
  }
};

/// Limbs that flow into one another over the width `blend`.
struct Body {
  std::vector<Limb> limbs;
  float blend = 0;

  Body& disc(Vec centre, float radius) { return limb(centre, centre, radius, radius); }
  Body& limb(Vec a, Vec b, float ra, float rb) {
    limbs.push_back({a, b, ra, rb});
    return *this;
  }
  /// A cubic Bézier curve.
  Body& curve(Vec a, Vec b, Vec c, Vec d, float ra, float rb) {
    constexpr int pieces = 12;
    Vec from = a;
    for (int i = 1; i <= pieces; ++i) {
      const float t = float(i) / pieces, s = 1 - t, before = float(i - 1) / pieces;
      const Vec to = a * (s * s * s) + b * (3 * s * s * t) + c * (3 * s * t * t) + d * (t * t * t);
      limb(from, to, ra + (rb - ra) * before, ra + (rb - ra) * t);
      from = to;
    }
    return *this;
  }

  float distance(Vec p) const {
    float result = 1e9f;
    for (const Limb& limb : limbs) {
      const float d = limb.distance(p),
                  h = blend > 0 ? std::max(blend - std::abs(result - d), 0.0f) / blend : 0;
      result = std::min(result, d) - h * h * blend / 4;
    }
    return result;
  }
  Box box() const {
    Box box;
    for (const Limb& limb : limbs) {
      box.add(limb.a, limb.ra + blend / 4);
      box.add(limb.b, limb.rb + blend / 4);
    }
    return box;
  }
};

/// Where the animal's own (0, 0) lies in the picture, how large its unit is, and how it is turned.
struct Placement {
  Vec at;
  float size = 1;
  bool mirrored = false;
  float angle = 0;
};

class Canvas {
 public:
  Canvas(Index width, Index height)
      : width_(width),
        height_(height),
        unit_(float(std::min(width, height)) / 2),
        pixels_(std::size_t(width * height)) {}

  void place(const Placement& placement) { place_ = placement; }

  /// Every pixel: ink(p).
  template <class Ink>
  void fill(const Ink& ink) {
    for (Index y = 0; y < height_; ++y)
      for (Index x = 0; x < width_; ++x) pixel(x, y) = ink(picture(x, y));
  }

  /// Paints `shape` in ink(p, distance), its edge `soft` units wide (at least a pixel) and `opacity` dense.
  template <class Shape, class Ink>
  void paint(const Shape& shape, const Ink& ink, float soft = 0, float opacity = 1) {
    const float edge = std::max(soft, 1 / (unit_ * place_.size));
    const Box box = shape.box();
    const Vec middle = (box.low + box.high) * 0.5f;
    const float reach = (length(box.high - box.low) / 2 + edge) * place_.size;
    const Vec centre = to_picture(middle);
    const auto low = [&](float c, Index n) {
      return std::clamp(Index(std::floor((c - reach) * unit_ + float(n) / 2)), Index{0}, n);
    };
    const auto high = [&](float c, Index n) {
      return std::clamp(Index(std::ceil((c + reach) * unit_ + float(n) / 2)), Index{0}, n);
    };
    for (Index y = low(centre.y, height_); y < high(centre.y, height_); ++y) {
      for (Index x = low(centre.x, width_); x < high(centre.x, width_); ++x) {
        const Vec p = from_picture(picture(x, y));
        if (p.x < box.low.x - edge || p.x > box.high.x + edge || p.y < box.low.y - edge ||
            p.y > box.high.y + edge)
          continue;
        const float d = shape.distance(p), cover = std::clamp(0.5f - d / edge, 0.0f, 1.0f) * opacity;
        if (cover > 0) pixel(x, y) = mix(pixel(x, y), ink(p, d), cover);
      }
    }
  }
  template <class Shape>
  void paint(const Shape& shape, Colour colour, float soft = 0, float opacity = 1) {
    paint(
        shape, [&](Vec, float) { return colour; }, soft, opacity);
  }

  /// Light of another colour, and the grain of a camera.
  template <class Noise>
  void grade(Colour light, float grain, const Noise& noise) {
    for (Index y = 0; y < height_; ++y) {
      for (Index x = 0; x < width_; ++x) {
        Colour& c = pixel(x, y);
        const float speck = grain * (noise({float(x), float(y)}) - 0.5f);
        c = {c.r * light.r + speck, c.g * light.g + speck, c.b * light.b + speck};
      }
    }
  }

  tanuki::Image image() const {
    tanuki::Image image{height_, width_, {}};
    image.pixels.reserve(pixels_.size() * 3);
    for (const Colour& c : pixels_)
      for (float value : {c.r, c.g, c.b})
        image.pixels.push_back(std::uint8_t(std::lround(std::clamp(value, 0.0f, 1.0f) * 255)));
    return image;
  }

 private:
  Colour& pixel(Index x, Index y) { return pixels_[std::size_t(y * width_ + x)]; }
  Vec picture(Index x, Index y) const {
    return Vec{float(x) + 0.5f - float(width_) / 2, float(y) + 0.5f - float(height_) / 2} * (1 / unit_);
  }
  Vec to_picture(Vec p) const {
    return place_.at + turn({place_.mirrored ? -p.x : p.x, p.y}, place_.angle) * place_.size;
  }
  Vec from_picture(Vec p) const {
    p = turn(p - place_.at, -place_.angle) * (1 / place_.size);
    return {place_.mirrored ? -p.x : p.x, p.y};
  }

  Index width_, height_;
  float unit_;
  std::vector<Colour> pixels_;
  Placement place_;
};

}  // namespace pets
