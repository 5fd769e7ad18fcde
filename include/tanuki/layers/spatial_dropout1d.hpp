#pragma once

// Dropout of whole channels of an input (steps, channels). (keras/src/layers/regularization/spatial_dropout.py)

#include "tanuki/layers/dropout.hpp"

namespace tanuki {

struct SpatialDropout1DOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  std::string name = {};
};

template <class Field>
void fields(Field& field, SpatialDropout1DOptions& options) {
  field("rate", options.rate);
}

template <class B = Cpu>
class SpatialDropout1D final : public LayerOf<SpatialDropout1D<B>, B> {
 public:
  explicit SpatialDropout1D(SpatialDropout1DOptions options)
      : LayerOf<SpatialDropout1D<B>, B>("SpatialDropout1D", options.name), options_(std::move(options)) {
    check_rate(this->name(), options_.rate);
  }

  const SpatialDropout1DOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    if (x.shape().rank() != 2) fail("[spatial_dropout1d] input ", x.shape(), ", expected (steps, channels)");
    if (!training || options_.rate == 0) return x;
    return ops::dropout(x, ops::Dropout<B>::inverted(options_.rate), {1, x.shape().back()});
  }

  SpatialDropout1DOptions options_;
};

}  // namespace tanuki
