#pragma once

// A cat or a dog, of random coat and pose. What tells them apart is what tells real ones apart: pointed ears,
// slit pupils, whiskers, a small muzzle and a long thin tail here; floppy ears, a long snout with a large
// nose, a tongue and a thick tail there.

#include "draw_pets/coat.hpp"

namespace pets {

enum class Species { cat, dog };

class Pet {
 public:
  Pet(Canvas& canvas, Species species, Dice& dice)
      : canvas_(canvas), cat_(species == Species::cat), dice_(dice) {
    dress();
  }

  void draw() {
    switch (dice_.below(4)) {
      case 0:
        return portrait();
      case 1:
        return sitting();
      case 2:
        return standing();
      default:
        return lying();
    }
  }

 private:
  /// A frame of its own for a head: its centre, size and tilt within the animal.
  struct Frame {
    Vec centre;
    float size, tilt;

    Vec operator()(float x, float y) const { return centre + turn({x, y}, tilt) * size; }
    float operator()(float length) const { return length * size; }
    Ellipse ellipse(float x, float y, float rx, float ry, float angle = 0) const {
      return {(*this)(x, y), {rx * size, ry * size}, tilt + angle};
    }
  };

  void dress() {
    coat_.noise = noise_ = Noise(std::uint32_t(dice_.below(1 << 20)));
    const Colour black{0.13f, 0.12f, 0.13f}, white{0.93f, 0.91f, 0.88f}, grey{0.5f, 0.5f, 0.52f};
    const Colour ginger{0.86f, 0.53f, 0.24f}, brown{0.45f, 0.3f, 0.19f}, cream{0.9f, 0.78f, 0.58f};
    const Colour golden{0.8f, 0.6f, 0.32f}, tan{0.7f, 0.5f, 0.33f};
    coat_.base = dice_.near(cat_ ? dice_.one_of({black, white, grey, ginger, ginger, brown, cream})
                                 : dice_.one_of({black, white, brown, golden, golden, tan, cream, grey}),
                            0.06f);
    coat_.second =
        dice_.near(dice_.chance(0.5f) ? coat_.base * 0.5f : dice_.one_of({black, white, brown}), 0.05f);
    coat_.belly =
        dice_.chance(0.6f) ? mix(coat_.base, white, dice_(0.5f, 0.9f)) : mix(coat_.base, white, 0.2f);
    const float kind = dice_(0, 1);
    coat_.pattern = kind < 0.35f                   ? Pattern::plain
                    : kind < (cat_ ? 0.75f : 0.4f) ? Pattern::stripes
                                                   : Pattern::patches;
    coat_.stripes = dice_(8, 15);
    hair_ = cat_ ? dice_(0.01f, 0.035f) : dice_(0.005f, 0.05f);
    far_ = coat_;
    for (Colour* c : {&far_.base, &far_.second, &far_.belly}) *c = *c * 0.72f;
    ear_ = dice_.chance(0.5f) ? coat_.base * 0.6f : coat_.second;
    eye_ = cat_ ? dice_.near(dice_.one_of({{0.55f, 0.72f, 0.25f},
                                           {0.85f, 0.7f, 0.2f},
                                           {0.4f, 0.65f, 0.85f},
                                           {0.8f, 0.5f, 0.15f}}),
                             0.05f)
                : dice_.near({0.24f, 0.14f, 0.07f}, 0.03f);
    collar_ = dice_.chance(cat_ ? 0.15f : 0.45f);
    collar_colour_ =
        dice_.one_of({{0.75f, 0.1f, 0.12f}, {0.1f, 0.3f, 0.7f}, {0.1f, 0.5f, 0.3f}, {0.2f, 0.2f, 0.2f}});
  }

  template <class Shape>
  void fur(const Shape& shape, const Coat& coat, float depth = 0.2f) {
    canvas_.paint(Furry<Shape>{shape, noise_, hair_}, coat.ink(depth));
  }
  template <class Shape>
  void fur(const Shape& shape, Colour flat, float depth, float soft = 0) {
    canvas_.paint(Furry<Shape>{shape, noise_, hair_}, coat_.ink(flat, depth), soft);
  }
  void line(Vec a, Vec b, Vec c, float thickness, Colour colour, float opacity = 1) {
    canvas_.paint(Body().curve(a, a + (b - a) * 0.667f, c + (b - c) * 0.667f, c, thickness, thickness * 0.5f),
                  colour, 0, opacity);
  }
  void shadow(float x, float y, float width) {
    canvas_.paint(Ellipse{{x, y}, {width, 0.13f}}, Colour{0.05f, 0.05f, 0.06f}, 0.16f, 0.5f);
  }

  void portrait() {
    const float size = dice_(0.5f, 0.62f);
    const Vec head{dice_(-0.1f, 0.1f), dice_(-0.2f, 0.0f)};
    fur(Body{{}, 0.2f}.limb({head.x * 0.8f, head.y + size * 0.9f}, {head.x * 0.3f, 1.6f}, cat_ ? 0.4f : 0.5f,
                            0.8f),
        coat_, 0.5f);
    fur(Ellipse{{head.x * 0.5f, 1.05f}, {0.28f, 0.42f}}, coat_.belly, 0.3f, 0.25f);
    collar({head.x * 0.6f, head.y + size * 1.02f}, size * 0.6f);
    this->head({head, size, dice_(-0.2f, 0.2f)});
  }

  void sitting() {
    shadow(0, 0.95f, 0.72f);
    const float side = dice_.chance(0.5f) ? 1.0f : -1.0f, wide = dice_(0.9f, 1.15f);
    const float low = dice_(0.85f, 1.0f);
    if (cat_)
      tail({side * 0.3f, 0.85f}, {side * 0.85f, low}, {side * 0.95f, 0.4f},
           {side * dice_(0.55f, 0.9f), dice_(-0.1f, 0.3f)});
    else
      tail({side * 0.3f, 0.82f}, {side * 0.55f, low}, {side * 0.7f, 0.7f},
           {side * dice_(0.7f, 0.85f), dice_(0.4f, 0.6f)});
    for (float x : {-0.3f * wide, 0.3f * wide}) fur(Ellipse{{x, 0.74f}, {0.22f * wide, 0.24f}}, coat_, 0.15f);
    fur(Body{{}, 0.25f}.limb({0, 0.15f}, {0, 0.62f}, 0.27f * wide, 0.36f * wide), coat_, 0.3f);
    fur(Ellipse{{0, 0.36f}, {0.16f * wide, 0.3f}}, coat_.belly, 0.2f, 0.2f);
    for (float x : {-0.15f, 0.15f}) leg({x, 0.42f}, {x * 1.15f, 0.92f}, coat_);
    collar({0, 0.02f}, 0.24f);
    head({{dice_(-0.06f, 0.06f), dice_(-0.38f, -0.28f)}, dice_(0.35f, 0.42f), dice_(-0.25f, 0.25f)});
  }

  void standing() {
    shadow(0, 0.92f, 0.85f);
    const float thick = dice_(0.9f, 1.15f), step = dice_(-0.1f, 0.1f);
    if (cat_)
      tail({-0.62f, 0.12f}, {-1.05f, 0.15f}, {-0.8f, -0.5f}, {dice_(-1.2f, -0.85f), dice_(-0.75f, -0.5f)});
    else
      tail({-0.62f, 0.08f}, {-0.8f, 0.0f}, {-0.9f, -0.15f}, {dice_(-1.05f, -0.8f), dice_(-0.45f, -0.2f)});
    leg({-0.38f, 0.3f}, {-0.42f - step, 0.86f}, far_);
    leg({0.36f, 0.3f}, {0.38f + step, 0.86f}, far_);
    fur(Body{{}, 0.25f}
            .limb({-0.45f, 0.2f}, {0.32f, 0.17f}, 0.26f * thick, 0.27f * thick)
            .limb({0.35f, 0.12f}, {0.55f, -0.15f}, 0.22f, 0.17f),
        coat_, 0.3f);
    fur(Ellipse{{-0.48f, 0.32f}, {0.2f, 0.24f}}, coat_, 0.25f);
    leg({-0.52f, 0.38f}, {-0.52f + step, 0.92f}, coat_);
    leg({0.3f, 0.3f}, {0.28f - step, 0.92f}, coat_);
    collar({0.5f, -0.02f}, 0.2f, 0.6f);
    if (cat_ || dice_.chance(0.3f))
      head({{0.58f, dice_(-0.4f, -0.28f)}, dice_(0.29f, 0.35f), dice_(-0.15f, 0.2f)});
    else
      dog_profile({{0.52f, dice_(-0.4f, -0.28f)}, dice_(0.36f, 0.44f), dice_(-0.25f, 0.2f)});
  }

  void lying() {
    shadow(0, 0.72f, 0.95f);
    const float thick = dice_(0.9f, 1.15f);
    if (cat_)
      tail({-0.75f, 0.55f}, {-1.1f, 0.8f}, {-0.6f, 0.85f}, {dice_(-0.3f, 0.1f), dice_(0.7f, 0.78f)});
    else
      tail({-0.75f, 0.5f}, {-0.95f, 0.5f}, {-1.05f, 0.6f}, {dice_(-1.2f, -1.05f), dice_(0.45f, 0.68f)});
    fur(Body{{}, 0.3f}
            .limb({-0.5f, 0.38f}, {0.2f, 0.36f}, 0.33f * thick, 0.3f * thick)
            .limb({0.2f, 0.3f}, {0.4f, 0.05f}, 0.25f, 0.2f),
        coat_, 0.35f);
    fur(Ellipse{{-0.52f, 0.45f}, {0.28f, 0.27f}}, coat_, 0.25f);
    leg({-0.5f, 0.68f}, {-0.2f, 0.71f}, coat_);
    fur(Ellipse{{0.3f, 0.42f}, {0.15f, 0.25f}}, coat_.belly, 0.2f, 0.2f);
    leg({0.25f, 0.6f}, {0.72f, dice_(0.64f, 0.72f)}, far_);
    leg({0.2f, 0.66f}, {0.62f, dice_(0.7f, 0.76f)}, coat_);
    collar({0.38f, 0.12f}, 0.22f, 0.4f);
    if (cat_ || dice_.chance(0.5f))
      head({{0.42f, dice_(-0.22f, -0.05f)}, dice_(0.33f, 0.4f), dice_(-0.3f, 0.3f)});
    else
      dog_profile({{0.38f, dice_(-0.2f, -0.05f)}, dice_(0.4f, 0.46f), dice_(-0.15f, 0.3f)});
  }

  void leg(Vec from, Vec to, const Coat& coat) {
    const float thick = cat_ ? 0.085f : 0.1f;
    fur(Body{{}, 0.05f}
            .limb(from, to, thick * 1.35f, thick)
            .limb(to, to + Vec{0.03f, 0.01f}, thick * 1.1f, thick),
        coat, 0.1f);
    if (paws_) fur(Ellipse{to, {thick * 1.2f, thick}}, coat.belly, 0.1f, 0.06f);
  }

  void tail(Vec a, Vec b, Vec c, Vec d) {
    fur(Body().curve(a, b, c, d, cat_ ? 0.075f : 0.12f, cat_ ? 0.05f : 0.07f), coat_, 0.08f);
  }

  void collar(Vec centre, float width, float angle = 0) {
    if (!collar_) return;
    const Vec half = turn({width, 0}, angle), dip = turn({0, width * 0.35f}, angle);
    line(centre - half, centre + dip, centre + half, 0.035f, collar_colour_);
    canvas_.paint(Ellipse{centre + dip * 0.7f + Vec{0, 0.04f}, {0.04f, 0.04f}}, Colour{0.85f, 0.7f, 0.25f});
  }

  void head(const Frame& at) { cat_ ? cat_head(at) : dog_head(at); }

  void cat_head(const Frame& at) {
    const Colour pink{0.88f, 0.6f, 0.58f}, dark{0.1f, 0.08f, 0.08f};
    const float ear = dice_(1.15f, 1.4f), open = dice_(0.13f, 0.2f), slit = dice_(0.04f, 0.08f),
                look = dice_(-0.05f, 0.05f);
    for (float s : {-1.0f, 1.0f}) {
      fur(Polygon{{at(s * 0.92f, -0.1f), at(s * 0.82f, -ear), at(s * 0.18f, -0.7f)}, at(0.06f)}, coat_,
          at(0.25f));
      fur(Polygon{{at(s * 0.78f, -0.4f), at(s * 0.76f, -ear + 0.18f), at(s * 0.4f, -0.7f)}, at(0.02f)},
          pink * 0.9f, at(0.15f), at(0.08f));
    }
    fur(Body{{}, at(0.3f)}
            .disc(at(0, -0.1f), at(0.78f))
            .limb(at(-0.5f, 0.2f), at(0.5f, 0.2f), at(0.48f), at(0.48f)),
        coat_, at(0.6f));
    if (coat_.pattern == Pattern::stripes)
      for (float x : {-0.22f, 0.0f, 0.22f})
        canvas_.paint(Body().limb(at(x * 0.8f, -0.42f), at(x * 1.4f, -0.8f), at(0.03f), at(0.07f)),
                      coat_.second, at(0.06f), 0.8f);
    for (float s : {-1.0f, 1.0f})
      fur(at.ellipse(s * 0.2f, 0.42f, 0.29f, 0.23f), coat_.belly, at(0.3f), at(0.08f));
    fur(at.ellipse(0, 0.62f, 0.2f, 0.12f), coat_.belly, at(0.2f), at(0.06f));
    for (float s : {-1.0f, 1.0f}) {
      canvas_.paint(at.ellipse(s * 0.42f, -0.08f, 0.27f, open + 0.04f, s * -0.2f), dark);
      canvas_.paint(at.ellipse(s * 0.42f, -0.08f, 0.24f, open, s * -0.2f),
                    [&](Vec, float d) { return eye_ * (1.1f - 0.6f * ramp(at(-0.15f), 0, d)); });
      canvas_.paint(at.ellipse(s * 0.42f + look, -0.08f, slit, open * 0.95f), dark);
      canvas_.paint(at.ellipse(s * 0.42f - 0.07f, -0.08f - open * 0.4f, 0.045f, 0.045f), Colour{1, 1, 1});
    }
    canvas_.paint(Polygon{{at(-0.09f, 0.22f), at(0.09f, 0.22f), at(0, 0.31f)}, at(0.035f)},
                  pink * (dice_.chance(0.7f) ? 0.95f : 0.3f));
    line(at(0, 0.33f), at(0, 0.4f), at(0, 0.46f), at(0.025f), dark);
    for (float s : {-1.0f, 1.0f})
      line(at(0, 0.46f), at(s * 0.1f, 0.58f), at(s * 0.26f, 0.5f), at(0.025f), dark);
    const bool light = coat_.belly.g < 0.75f;
    for (float s : {-1.0f, 1.0f})
      for (float row : {-1.0f, 0.0f, 1.0f})
        line(at(s * 0.28f, 0.42f + row * 0.07f), at(s * 0.8f, 0.32f + row * 0.12f),
             at(s * 1.3f, 0.42f + row * 0.22f), at(0.022f),
             light ? Colour{0.95f, 0.95f, 0.95f} : Colour{0.25f, 0.22f, 0.2f}, 0.9f);
  }

  void dog_head(const Frame& at) {
    const float drop = dice_(0.25f, 0.75f), out = dice_(0.85f, 1.1f), wide = dice_(0.2f, 0.28f),
                snout = dice_(0.36f, 0.46f);
    fur(Body{{}, at(0.35f)}
            .disc(at(0, -0.25f), at(0.68f))
            .limb(at(0, 0.1f), at(0, 0.42f), at(0.6f), at(0.42f)),
        coat_, at(0.55f));
    fur(Body().limb(at(0, -0.7f), at(0, 0), at(0.08f), at(0.2f)), coat_.belly, at(0.2f), at(0.15f));
    tongue(at(0.04f, 0.66f), at(0.06f, 0.66f + dice_(0.15f, 0.5f)), at(0.15f));
    fur(Body{{}, at(0.15f)}.limb(at(0, 0.15f), at(0, 0.45f), at(snout * 0.75f), at(snout)), coat_.belly,
        at(0.4f), at(0.05f));
    for (float s : {-1.0f, 1.0f}) {
      fur(Body().curve(at(s * 0.42f, -0.58f), at(s * out, -0.7f), at(s * out * 0.95f, -0.1f),
                       at(s * out * 0.8f, drop), at(wide * 0.8f), at(wide)),
          ear_, at(0.2f));
      eye(at(s * 0.34f, -0.2f), at(0.13f));
      line(at(s * 0.2f, -0.43f), at(s * 0.36f, -0.5f), at(s * 0.5f, -0.4f), at(0.035f), coat_.base * 0.5f,
           0.6f);
      line(at(0, 0.56f), at(s * 0.15f, 0.68f), at(s * 0.36f, 0.55f), at(0.035f), nose_);
    }
    line(at(0, 0.3f), at(0, 0.45f), at(0, 0.57f), at(0.035f), nose_);
    nose(at.ellipse(0, 0.17f, 0.22f, 0.15f));
  }

  /// Facing to the right.
  void dog_profile(const Frame& at) {
    const float snout = dice_(0.95f, 1.2f), drop = dice_(0.35f, 0.6f);
    tongue(at(snout * 0.75f, 0.42f), at(snout * 0.78f, 0.42f + dice_(0.15f, 0.4f)), at(0.11f));
    fur(Body{{}, at(0.25f)}
            .disc(at(0, 0), at(0.52f))
            .limb(at(0.25f, 0.16f), at(snout, 0.22f), at(0.34f), at(0.2f)),
        coat_, at(0.4f));
    fur(Body().limb(at(0.5f, 0.3f), at(snout, 0.3f), at(0.16f), at(0.13f)), coat_.belly, at(0.2f), at(0.12f));
    line(at(snout + 0.12f, 0.3f), at(snout * 0.7f, 0.42f), at(0.42f, 0.34f), at(0.03f), nose_);
    nose(at.ellipse(snout + 0.13f, 0.1f, 0.14f, 0.12f));
    eye(at(0.26f, -0.12f), at(0.1f));
    fur(Body().curve(at(-0.1f, -0.36f), at(-0.4f, -0.5f), at(-0.5f, 0.1f), at(-0.3f, drop), at(0.17f),
                     at(0.23f)),
        ear_, at(0.2f));
  }

  void eye(Vec centre, float radius) {
    canvas_.paint(Ellipse{centre, {radius * 1.2f, radius * 1.15f}}, coat_.base * 0.25f);
    canvas_.paint(Ellipse{centre, {radius, radius}}, eye_);
    canvas_.paint(Ellipse{centre, {radius * 0.6f, radius * 0.6f}}, Colour{0.03f, 0.02f, 0.02f});
    canvas_.paint(Ellipse{centre + Vec{-radius, -radius} * 0.35f, {radius * 0.28f, radius * 0.28f}},
                  Colour{1, 1, 1});
  }
  void nose(const Ellipse& shape) {
    canvas_.paint(shape, nose_);
    const Vec shine = shape.centre - Vec{shape.radii.x * 0.2f, shape.radii.y * 0.45f};
    canvas_.paint(Ellipse{shine, {shape.radii.x * 0.4f, shape.radii.y * 0.2f}}, Colour{0.6f, 0.6f, 0.62f},
                  shape.radii.y * 0.3f, 0.8f);
  }
  void tongue(Vec from, Vec to, float radius) {
    if (!pants_) return;
    canvas_.paint(Body().limb(from, to, radius * 0.8f, radius), Colour{0.9f, 0.45f, 0.48f});
    line(from, (from + to) * 0.5f, to, radius * 0.12f, Colour{0.7f, 0.3f, 0.35f});
  }

  Canvas& canvas_;
  bool cat_;
  Dice& dice_;
  Coat coat_, far_;
  Noise noise_;
  float hair_ = 0.02f;
  Colour ear_, eye_, collar_colour_, nose_{0.08f, 0.07f, 0.07f};
  bool collar_ = false, paws_ = dice_.chance(0.4f), pants_ = dice_.chance(0.7f);
};

}  // namespace pets
