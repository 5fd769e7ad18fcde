#pragma once

// x · scale + offset, each one number or one for each channel. (keras/src/layers/preprocessing/rescaling.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/scale_shift.hpp"

namespace tanuki {

struct RescalingOptions {
  PerChannel scale;
  PerChannel offset = 0;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, RescalingOptions& options) {
  field("scale", options.scale);
  field("offset", options.offset);
}

template <class B = Cpu>
class Rescaling final : public LayerOf<Rescaling<B>, B> {
 public:
  explicit Rescaling(RescalingOptions options)
      : LayerOf<Rescaling<B>, B>("Rescaling", options.name), options_(std::move(options)) {
    if (!options_.scale.finite() || !options_.offset.finite())
      fail("in '", this->name(), "': scale or offset has a number that is not finite");
  }

  const RescalingOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const Index channels = last_axis(-1, x.shape());
    return ops::scale_shift(x, options_.scale.expand(channels, "scale"),
                            options_.offset.expand(channels, "offset"));
  }

  RescalingOptions options_;
};

}  // namespace tanuki
