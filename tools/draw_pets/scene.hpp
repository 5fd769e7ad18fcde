#pragma once

// Where the animal is: a room, a meadow, a sofa, or out of focus.

#include "draw_pets/coat.hpp"

namespace pets {

/// Fills the whole canvas.
inline void draw_scene(Canvas& canvas, Dice& dice) {
  canvas.place({});
  const Noise noise(std::uint32_t(dice.below(1 << 20)));
  const float horizon = dice(-0.1f, 0.5f);
  const Colour light = dice.near({0.8f, 0.78f, 0.72f}, 0.15f);
  const auto pale = [&] { return mix({dice(0.2f, 0.9f), dice(0.2f, 0.9f), dice(0.2f, 0.9f)}, light, 0.3f); };
  const Colour any = pale(), other = pale();
  switch (dice.below(4)) {
    case 0: {  // a room: wall with stripes, planks or tiles
      const float planks = dice(2, 6), paper = dice(3, 9);
      canvas.fill([&](Vec p) {
        if (p.y < horizon) return mix(light, any, 0.35f + 0.1f * ramp(-0.2f, 0.2f, std::sin(p.x * paper)));
        const float depth = 1 / (p.y - horizon + 0.35f), seam = std::abs(std::sin(p.x * depth * planks));
        return mix(other, Colour{0.45f, 0.3f, 0.2f}, 0.6f) *
               (0.75f + 0.25f * ramp(0, 0.12f, seam) + 0.2f * (noise({p.x * 4, p.y * 25}) - 0.5f));
      });
      canvas.paint(Polygon{{{-9, horizon - 0.03f}, {9, horizon - 0.03f}, {9, horizon}, {-9, horizon}}, 0.01f},
                   light * 1.1f);
      break;
    }
    case 1: {  // a meadow under the sky
      const Colour sky = dice.near({0.55f, 0.72f, 0.9f}, 0.12f),
                   grass = dice.near({0.35f, 0.52f, 0.2f}, 0.1f);
      canvas.fill([&](Vec p) {
        if (p.y < horizon + 0.06f * (noise({p.x * 3, 1}) - 0.5f))
          return mix(
              sky, Colour{1, 1, 1},
              0.25f * ramp(0.5f, 0.7f, noise({p.x * 1.3f, p.y * 2.5f})) + 0.4f * ramp(-1, horizon, p.y));
        return grass *
               (0.6f + 0.5f * noise({p.x * 40, p.y * 12}) + 0.3f * (noise({p.x * 3, p.y * 5}) - 0.5f));
      });
      break;
    }
    case 2: {  // a sofa or a blanket
      const float weave = dice(20, 50);
      canvas.fill([&](Vec p) {
        const float fold = noise({p.x * 1.5f + p.y, p.y * 1.5f});
        return mix(any, other, 0.25f * fold) *
               (0.7f + 0.3f * fold + 0.06f * std::sin(p.x * weave) * std::sin(p.y * weave));
      });
      canvas.paint(
          Body{{}, 0.3f}.limb({-2, -0.75f}, {2, -0.75f}, 0.4f, 0.4f),
          [&](Vec, float d) { return any * (0.55f + 0.4f * ramp(0, 0.5f, -d)); }, 0.05f, 0.8f);
      break;
    }
    default:  // out of focus: soft spots of light
      canvas.fill([&](Vec p) {
        return mix(any, other, ramp(-1, 1, p.y + 0.4f * noise({p.x * 2, p.y * 2}))) * 0.8f;
      });
      for (int i = 0; i < 12; ++i) {
        const float radius = dice(0.1f, 0.35f), opacity = dice(0.15f, 0.5f);
        canvas.paint(Ellipse{{dice(-1.4f, 1.4f), dice(-1, 1)}, {radius, radius}},
                     mix(light, i % 2 ? any : other, 0.5f), 0.08f, opacity);
      }
  }
}

}  // namespace pets
