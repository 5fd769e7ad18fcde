#pragma once

// In training, moves each image by random parts of its size: height_factor 0.2 up or down by at most 20 % of its
// height, {-0.2, 0.3} up by at most 20 % or down by at most 30 %; width_factor the same to the left and right.
// (keras/src/layers/preprocessing/image_preprocessing/random_translation.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/random_range.hpp"
#include "tanuki/ops/random_translation.hpp"

namespace tanuki {

struct RandomTranslationOptions {
  FactorRange height_factor;
  FactorRange width_factor;
  std::string fill_mode = "reflect";       ///< or wrap, constant, nearest
  std::string interpolation = "bilinear";  ///< or nearest
  double fill_value = 0;                   ///< of constant
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomTranslationOptions& options) {
  range_field(field, "height_factor", options.height_factor);
  range_field(field, "width_factor", options.width_factor);
  field("fill_mode", options.fill_mode);
  field("interpolation", options.interpolation);
  field("fill_value", options.fill_value);
}

template <class B = Cpu>
class RandomTranslation final : public LayerOf<RandomTranslation<B>, B> {
 public:
  explicit RandomTranslation(RandomTranslationOptions options)
      : LayerOf<RandomTranslation<B>, B>("RandomTranslation", options.name),
        options_(std::move(options)),
        sampling_(checked_option(this->name(), [&] {
          return find_sampling(options_.fill_mode, options_.interpolation, options_.fill_value);
        })) {
    expect_range(this->name(), "height_factor", options_.height_factor, -1, 1);
    expect_range(this->name(), "width_factor", options_.width_factor, -1, 1);
  }

  const RandomTranslationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training) return x;
    const auto shifts = [](const FactorRange& range) {
      return ops::ShiftRange{float(range.lower), float(range.upper)};
    };
    return ops::random_translation(x, shifts(options_.height_factor), shifts(options_.width_factor),
                                   sampling_);
  }

  RandomTranslationOptions options_;
  ops::AffineSampling sampling_;
};

}  // namespace tanuki
