#pragma once

// Dropout of whole channels of an input (height, width, channels). (keras/src/layers/regularization/spatial_dropout.py)

#include "tanuki/layers/dropout.hpp"

namespace tanuki {

struct SpatialDropout2DOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  std::string name = {};
};

template <class Field>
void fields(Field& field, SpatialDropout2DOptions& options) {
  field("rate", options.rate);
}

template <class B = Cpu>
class SpatialDropout2D final : public LayerOf<SpatialDropout2D<B>, B> {
 public:
  explicit SpatialDropout2D(SpatialDropout2DOptions options)
      : LayerOf<SpatialDropout2D<B>, B>("SpatialDropout2D", options.name), options_(std::move(options)) {
    check_rate(this->name(), options_.rate);
  }

  const SpatialDropout2DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (x.shape().rank() != 3)
      fail("[spatial_dropout2d] input ", x.shape(), ", expected (height, width, channels)");
    if (!training || options_.rate == 0) return x;
    return ops::dropout(x, ops::Dropout<B>::inverted(options_.rate), {1, 1, x.shape().back()});
  }

  SpatialDropout2DOptions options_;
};

}  // namespace tanuki
