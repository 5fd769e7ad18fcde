#pragma once

// In training, adds a random number to each image: a part of the width of value_range, ±factor or between the two
// that were given. What leaves value_range is cut off.
// (keras/src/layers/preprocessing/image_preprocessing/random_brightness.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/random_range.hpp"
#include "tanuki/ops/random_color.hpp"

namespace tanuki {

struct RandomBrightnessOptions {
  FactorRange factor;
  std::vector<double> value_range = {0, 255};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomBrightnessOptions& options) {
  range_field(field, "factor", options.factor);
  field("value_range", options.value_range);
}

template <class B = Cpu>
class RandomBrightness final : public LayerOf<RandomBrightness<B>, B> {
 public:
  explicit RandomBrightness(RandomBrightnessOptions options)
      : LayerOf<RandomBrightness<B>, B>("RandomBrightness", options.name), options_(std::move(options)) {
    std::sort(options_.value_range.begin(), options_.value_range.end());
    values_ = find_value_range(this->name(), options_.value_range);
    expect_range(this->name(), "factor", options_.factor, -1, 1);
  }

  const RandomBrightnessOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training) return x;
    const float width = values_[1] - values_[0];
    return ops::random_brightness(
        x, {float(options_.factor.lower) * width, float(options_.factor.upper) * width, values_});
  }

  RandomBrightnessOptions options_;
  std::array<float, 2> values_{};
};

}  // namespace tanuki
