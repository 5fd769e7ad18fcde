#pragma once

// In training, turns each image by a random angle, given in full turns: factor 0.1 is ±36 degrees, {-0.2,
// 0.3} from -72 to 108. Positive is counter-clockwise. Bilinear, mirrored at the edges.
// (keras/src/layers/preprocessing/image_preprocessing/random_rotation.py)

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/random_rotation.hpp"

namespace tanuki {

/// The range of a random number: ±f for one number.
struct FactorRange {
  float lower, upper;

  FactorRange(double factor) : lower(-float(std::abs(factor))), upper(float(std::abs(factor))) {}
  FactorRange(double a, double b) : lower(float(std::min(a, b))), upper(float(std::max(a, b))) {}
};

struct RandomRotationOptions {
  FactorRange factor;
  std::string name = {};
};

template <class B = Cpu>
class RandomRotation final : public LayerOf<RandomRotation<B>, B> {
 public:
  explicit RandomRotation(const RandomRotationOptions& options)
      : LayerOf<RandomRotation<B>, B>("RandomRotation", options.name), factor_(options.factor) {
    if (!(factor_.lower >= -1 && factor_.upper <= 1)) {
      fail("in '", this->name(), "': factor is (", factor_.lower, ", ", factor_.upper,
           "), expected numbers from -1 to 1");
    }
  }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    constexpr float turn = 2 * std::numbers::pi_v<float>;
    return training ? ops::random_rotation(x, {factor_.lower * turn, factor_.upper * turn}) : x;
  }

  FactorRange factor_;
};

}  // namespace tanuki
