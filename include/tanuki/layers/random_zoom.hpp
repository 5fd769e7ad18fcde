#pragma once

// In training, zooms each image about its centre by a random part: height_factor 0.2 shows from 80 to 120 % of its
// height, {0.2, 0.3} from 120 to 130 %, which is zooming out. Without width_factor the width does as the height.
// (keras/src/layers/preprocessing/image_preprocessing/random_zoom.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/random_range.hpp"
#include "tanuki/ops/random_zoom.hpp"

namespace tanuki {

struct RandomZoomOptions {
  FactorRange height_factor;
  std::optional<FactorRange> width_factor = std::nullopt;  ///< FactorRange(-0.1, 0.2)
  std::string fill_mode = "reflect";                       ///< or wrap, constant, nearest
  std::string interpolation = "bilinear";                  ///< or nearest
  double fill_value = 0;                                   ///< of constant
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RandomZoomOptions& options) {
  range_field(field, "height_factor", options.height_factor);
  range_field(field, "width_factor", options.width_factor);
  field("fill_mode", options.fill_mode);
  field("interpolation", options.interpolation);
  field("fill_value", options.fill_value);
}

template <class B = Cpu>
class RandomZoom final : public LayerOf<RandomZoom<B>, B> {
 public:
  explicit RandomZoom(RandomZoomOptions options)
      : LayerOf<RandomZoom<B>, B>("RandomZoom", options.name),
        options_(std::move(options)),
        sampling_(checked_option(this->name(), [&] {
          return find_sampling(options_.fill_mode, options_.interpolation, options_.fill_value);
        })) {
    expect_range(this->name(), "height_factor", options_.height_factor, -1, 1,
                 options_.height_factor.one_number);
    if (options_.width_factor)
      expect_range(this->name(), "width_factor", *options_.width_factor, -1, 1,
                   options_.width_factor->one_number);
  }

  const RandomZoomOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (!training) return x;
    std::optional<ops::ScaleRange> width;
    if (options_.width_factor) width = scales(*options_.width_factor);
    return ops::random_zoom(x, scales(options_.height_factor), width, sampling_);
  }

  static ops::ScaleRange scales(const FactorRange& range) {
    return {float(1 + range.lower), float(1 + range.upper)};
  }

  RandomZoomOptions options_;
  ops::AffineSampling sampling_;
};

}  // namespace tanuki
