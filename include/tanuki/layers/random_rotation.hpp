#pragma once

// In training, turns each image by a random angle, given in full turns: factor 0.1 is ±36 degrees, {-0.2,
// 0.3} from -72 to 108. Positive is counter-clockwise.
// (keras/src/layers/preprocessing/image_preprocessing/random_rotation.py)

#include <numbers>

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/random_range.hpp"
#include "tanuki/ops/random_rotation.hpp"

namespace tanuki {

struct RandomRotationOptions {
  FactorRange factor;
  std::string fill_mode = "reflect";       ///< or wrap, constant, nearest
  std::string interpolation = "bilinear";  ///< or nearest
  double fill_value = 0;                   ///< of constant
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomRotationOptions& options) {
  range_field(field, "factor", options.factor);
  field("fill_mode", options.fill_mode);
  field("interpolation", options.interpolation);
  field("fill_value", options.fill_value);
}

template <class B = Cpu>
class RandomRotation final : public LayerOf<RandomRotation<B>, B> {
 public:
  explicit RandomRotation(RandomRotationOptions options)
      : LayerOf<RandomRotation<B>, B>("RandomRotation", options.name),
        options_(std::move(options)),
        sampling_(checked_option(this->name(), [&] {
          return find_sampling(options_.fill_mode, options_.interpolation, options_.fill_value);
        })) {
    expect_range(this->name(), "factor", options_.factor, -1, 1);
  }

  const RandomRotationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training) return x;
    constexpr float turn = 2 * std::numbers::pi_v<float>;
    const ops::AngleRange angles{float(options_.factor.lower) * turn, float(options_.factor.upper) * turn};
    return ops::random_rotation(x, angles, sampling_);
  }

  RandomRotationOptions options_;
  ops::AffineSampling sampling_;
};

}  // namespace tanuki
