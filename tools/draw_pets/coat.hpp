#pragma once

// What surfaces look like: chance, noise, and the fur of an animal.

#include <initializer_list>

#include "draw_pets/canvas.hpp"
#include "tanuki/core/random.hpp"

namespace pets {

/// Draws one after the other from a stream.
class Dice {
 public:
  explicit Dice(tanuki::Random random) : random_(random) {}

  float operator()(float low, float high) { return random_.uniform(next_++, low, high); }
  bool chance(float probability) { return (*this)(0, 1) < probability; }
  int below(int count) { return int((*this)(0, float(count))); }
  Colour one_of(std::initializer_list<Colour> colours) { return colours.begin()[below(int(colours.size()))]; }
  Colour near(Colour c, float by) {
    const float light = (*this)(-by, by);
    return {c.r + light + (*this)(-by, by) / 3, c.g + light + (*this)(-by, by) / 3,
            c.b + light + (*this)(-by, by) / 3};
  }

 private:
  tanuki::Random random_;
  std::uint64_t next_ = 0;
};

/// Smooth noise from 0 to 1, a unit from bump to bump.
class Noise {
 public:
  explicit Noise(std::uint32_t seed = 0) : seed_(seed) {}

  float operator()(Vec p) const {
    const float fx = std::floor(p.x), fy = std::floor(p.y);
    const int x = int(fx), y = int(fy);
    const float u = ramp(0, 1, p.x - fx), v = ramp(0, 1, p.y - fy);
    return std::lerp(std::lerp(at(x, y), at(x + 1, y), u), std::lerp(at(x, y + 1), at(x + 1, y + 1), u), v);
  }

 private:
  float at(int x, int y) const {
    std::uint32_t h = seed_ ^ std::uint32_t(x) * 0x9E3779B1u ^ std::uint32_t(y) * 0x85EBCA77u;
    h = (h ^ h >> 15) * 0x2C1B3C6Du;
    h = (h ^ h >> 12) * 0x297A2D39u;
    return float((h ^ h >> 15) >> 8) * 0x1p-24f;
  }

  std::uint32_t seed_;
};

enum class Pattern { plain, stripes, patches };

/// The colours of one animal. Its inks shade a part as if it were round.
struct Coat {
  Colour base, second, belly;
  Pattern pattern = Pattern::plain;
  Noise noise;
  float stripes = 9;

  Colour at(Vec p) const {
    Colour colour = base;
    const float wobble = noise({p.x * 3, p.y * 3});
    if (pattern == Pattern::stripes)
      colour = mix(colour, second,
                   0.75f * ramp(0.1f, 0.7f, std::sin(stripes * (p.x * 1.3f + wobble * 0.6f) + 2 * p.y)));
    if (pattern == Pattern::patches)
      colour = mix(colour, second, ramp(0.52f, 0.58f, noise({p.x * 1.7f + 31, p.y * 1.7f})));
    const float hair = noise({p.x * 60 + 4 * wobble, p.y * 22}) - 0.5f;
    return colour * (1 + 0.22f * hair + 0.16f * (wobble - 0.5f));
  }

  /// For Canvas::paint; `depth` is how far from its edge a part reaches full light.
  auto ink(float depth = 0.22f) const {
    return [this, depth](Vec p, float d) { return shade(at(p), d, depth); };
  }
  auto ink(Colour flat, float depth) const {
    return [this, flat, depth](Vec p, float d) {
      const float hair = noise({p.x * 60, p.y * 22}) - 0.5f;
      return shade(flat * (1 + 0.2f * hair), d, depth);
    };
  }

 private:
  static Colour shade(Colour c, float d, float depth) { return c * (0.62f + 0.38f * ramp(0, depth, -d)); }
};

/// A shape with a furry edge.
template <class Shape>
struct Furry {
  Shape shape;
  Noise noise;
  float hair = 0.02f;

  float distance(Vec p) const { return shape.distance(p) + hair * (noise({p.x * 45, p.y * 45}) - 0.5f); }
  Box box() const { return shape.box(); }
};
}  // namespace pets
