#pragma once

// In training, moves the numbers of each image from the mean of their channel, or to it:
// (x - mean) · f + mean, f random from 1 - lower to 1 + upper of factor {lower, upper}. factor 0.2 is {0, 0.2}, as in
// Keras. What leaves value_range is cut off.
// (keras/src/layers/preprocessing/image_preprocessing/random_contrast.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/random_range.hpp"
#include "tanuki/ops/random_color.hpp"

namespace tanuki {

struct RandomContrastOptions {
  FactorRange factor;
  std::vector<double> value_range = {0, 255};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomContrastOptions& options) {
  range_field(field, "factor", options.factor);
  field("value_range", options.value_range);
}

template <class B = Cpu>
class RandomContrast final : public LayerOf<RandomContrast<B>, B> {
 public:
  explicit RandomContrast(RandomContrastOptions options)
      : LayerOf<RandomContrast<B>, B>("RandomContrast", options.name),
        options_(std::move(options)),
        values_(find_value_range(this->name(), options_.value_range)) {
    if (options_.factor.one_number) options_.factor = {0, options_.factor.upper};
    expect_range(this->name(), "factor", options_.factor, 0, 1);
  }

  const RandomContrastOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training) return x;
    return ops::random_contrast(
        x, {float(1 - options_.factor.lower), float(1 + options_.factor.upper), values_});
  }

  RandomContrastOptions options_;
  std::array<float, 2> values_;
};

}  // namespace tanuki
