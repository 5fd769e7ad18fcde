#pragma once

// In training, dropout that keeps mean and variance of what selu gives: numbers become selu's lowest value with
// probability `rate`, and all are scaled and shifted. (keras/src/layers/regularization/alpha_dropout.py)

#include <cmath>

#include "tanuki/layers/dropout.hpp"

namespace tanuki {

struct AlphaDropoutOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  NoiseShape noise_shape = {};
  std::string name = {};
};

template <class Field>
void fields(Field& field, AlphaDropoutOptions& options) {
  field("rate", options.rate);
  field("noise_shape", options.noise_shape);
}

template <class B = Cpu>
class AlphaDropout final : public LayerOf<AlphaDropout<B>, B> {
 public:
  explicit AlphaDropout(AlphaDropoutOptions options)
      : LayerOf<AlphaDropout<B>, B>("AlphaDropout", options.name), options_(std::move(options)) {
    check_rate(this->name(), options_.rate);
    if (options_.rate == 1) fail("in '", this->name(), "': rate is 1, which leaves nothing");
  }

  const AlphaDropoutOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    const NoiseLayout noise(options_.noise_shape, x.shape());
    if (!training || options_.rate == 0) return x;
    const double rate = double(options_.rate), lowest = -1.6732632423543772 * 1.0507009873554805;
    const double scale = 1 / std::sqrt((1 - rate) * (1 + rate * lowest * lowest)),
                 shift = -scale * lowest * rate;
    return ops::dropout(x, {options_.rate, float(scale), float(shift), float(scale * lowest + shift)},
                        noise.shape, noise.each_example);
  }

  AlphaDropoutOptions options_;
};

}  // namespace tanuki
