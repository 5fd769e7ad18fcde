#pragma once

// How one axis of an image is resized: each output as a weighted sum of inputs. As tf.image.resize does it, with
// half-pixel centres (tensorflow/core/kernels/image: resize_{bilinear,bicubic,area,nearest_neighbor}_op.cc,
// scale_and_translate_op.cc).

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki::ops {

enum class Interpolation { nearest, bilinear, bicubic, area, lanczos3, lanczos5 };

/// Throws Error where the name is none of Keras'.
inline Interpolation find_interpolation(std::string_view name) {
  if (name == "nearest") return Interpolation::nearest;
  if (name == "bilinear") return Interpolation::bilinear;
  if (name == "bicubic") return Interpolation::bicubic;
  if (name == "area") return Interpolation::area;
  if (name == "lanczos3") return Interpolation::lanczos3;
  if (name == "lanczos5") return Interpolation::lanczos5;
  fail("unknown interpolation '", name, "': expected bilinear, nearest, bicubic, area, lanczos3 or lanczos5");
}

struct ResizeMap {
  struct Tap {
    Index from;
    float weight;
  };
  std::vector<Tap> taps;     ///< of all outputs, one after the other
  std::vector<Index> first;  ///< output i has the taps [first[i], first[i + 1])

  Index outputs() const { return Index(first.size()) - 1; }

  /// Of `in` numbers `out`.
  static ResizeMap make(Index in, Index out, Interpolation how, bool antialias) {
    ResizeMap map;
    map.first.push_back(0);
    const float scale = float(in) / float(out);
    const bool lanczos = how == Interpolation::lanczos3 || how == Interpolation::lanczos5;
    const bool spread =
        lanczos || (antialias && (how == Interpolation::bilinear || how == Interpolation::bicubic));
    for (Index i = 0; i < out; ++i) {
      const float centre = (float(i) + 0.5f) * scale;
      if (spread) {
        map.add_spread(in, centre, antialias ? std::max(scale, 1.0f) : 1.0f, how);
      } else if (how == Interpolation::nearest) {
        map.taps.push_back({std::min(Index(std::floor(centre)), in - 1), 1.0f});
      } else if (how == Interpolation::bilinear) {
        map.add_bilinear(in, centre - 0.5f);
      } else if (how == Interpolation::bicubic) {
        map.add_bicubic(in, centre - 0.5f);
      } else {
        map.add_area(in, float(i) * scale, float(i + 1) * scale);
      }
      map.first.push_back(Index(map.taps.size()));
    }
    return map;
  }

  /// From gradients of the outputs to those of the `in` numbers.
  ResizeMap transposed(Index in) const {
    ResizeMap map;
    map.first.assign(std::size_t(in) + 1, 0);
    for (const Tap& tap : taps) ++map.first[std::size_t(tap.from) + 1];
    for (std::size_t i = 0; i < std::size_t(in); ++i) map.first[i + 1] += map.first[i];
    map.taps.resize(taps.size());
    std::vector<Index> next = map.first;
    for (Index i = 0; i < outputs(); ++i) {
      for (Index t = first[std::size_t(i)]; t < first[std::size_t(i) + 1]; ++t) {
        const auto& [from, weight] = taps[std::size_t(t)];
        map.taps[std::size_t(next[std::size_t(from)]++)] = {i, weight};
      }
    }
    return map;
  }

 private:
  void add_bilinear(Index in, float at) {
    const float lower = std::floor(at), weight = at - lower;
    taps.push_back({std::clamp<Index>(Index(lower), 0, in - 1), 1 - weight});
    taps.push_back({std::min(Index(std::ceil(at)), in - 1), weight});
  }

  /// Keys' cubic with a = -0.5; the place is rounded to 1/1024, and what lies outside has no weight.
  void add_bicubic(Index in, float at) {
    const float lower = std::floor(at);
    const float place = float(std::lrint((at - lower) * 1024)) / 1024;
    add_normalized(in, Index(lower) - 1, Index(lower) + 2,
                   [&](Index from) { return cubic(float(from - Index(lower)) - place); });
  }

  /// The mean over [low, high), pixels that lie in it in part counting for that part.
  void add_area(Index in, float low, float high) {
    const Index begin = Index(std::floor(low)), end = std::min(Index(std::ceil(high)), in);
    for (Index from = begin; from < end; ++from) {
      const float part = std::min(high, float(from + 1)) - std::max(low, float(from));
      taps.push_back({from, part / (high - low)});
    }
  }

  /// A kernel of that many pixels' width around `centre`, in which pixel i lies at i + 0.5.
  void add_spread(Index in, float centre, float width, Interpolation how) {
    const float radius = how == Interpolation::bilinear   ? 1.0f
                         : how == Interpolation::bicubic  ? 2.0f
                         : how == Interpolation::lanczos3 ? 3.0f
                                                          : 5.0f;
    const float reach = radius * width;
    add_normalized(in, Index(std::ceil(centre - reach - 0.5f)), Index(std::floor(centre + reach - 0.5f)),
                   [&](Index from) {
                     const float distance = std::abs(float(from) + 0.5f - centre) / width;
                     if (how == Interpolation::bilinear) return std::max(0.0f, 1 - distance);
                     if (how == Interpolation::bicubic) return cubic(distance);
                     return windowed_sinc(distance, radius);
                   });
  }

  /// weight(i) for the i in [low, high] that lie on the axis, divided by their sum.
  template <class Weight>
  void add_normalized(Index in, Index low, Index high, Weight weight) {
    const std::size_t begin = taps.size();
    float sum = 0;
    for (Index from = std::max<Index>(low, 0); from <= std::min(high, in - 1); ++from) {
      taps.push_back({from, weight(from)});
      sum += taps.back().weight;
    }
    if (std::abs(sum) < 1e-30f) return;
    for (std::size_t i = begin; i < taps.size(); ++i) taps[i].weight /= sum;
  }

  static float cubic(float distance) {
    const float x = std::abs(distance);
    if (x >= 2) return 0;
    if (x >= 1) return ((-0.5f * x + 2.5f) * x - 4) * x + 2;
    return ((1.5f * x - 2.5f) * x) * x + 1;
  }

  static float windowed_sinc(float x, float radius) {
    constexpr float pi = 3.14159265358979f;
    if (x > radius) return 0;
    if (x <= 1e-3f) return 1;
    return radius * std::sin(pi * x) * std::sin(pi * x / radius) / (pi * pi * x * x);
  }
};

}  // namespace tanuki::ops
