#pragma once

// In training, adds normal noise of mean 0 and deviation `stddev`.
// (keras/src/layers/regularization/gaussian_noise.py)

#include <limits>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/gaussian_noise.hpp"

namespace tanuki {

struct GaussianNoiseOptions {
  float stddev = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  std::string name = {};
};

template <class Field>
void fields(Field& field, GaussianNoiseOptions& options) {
  field("stddev", options.stddev);
}

template <class B = Cpu>
class GaussianNoise final : public LayerOf<GaussianNoise<B>, B> {
 public:
  explicit GaussianNoise(GaussianNoiseOptions options)
      : LayerOf<GaussianNoise<B>, B>("GaussianNoise", options.name), options_(std::move(options)) {
    if (!(options_.stddev >= 0 && options_.stddev <= 1))
      fail("in '", this->name(), "': stddev is ", options_.stddev, ", expected 0 ≤ stddev ≤ 1");
  }

  const GaussianNoiseOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    return training && options_.stddev > 0 ? ops::gaussian_noise(x, options_.stddev) : x;
  }

  GaussianNoiseOptions options_;
};

}  // namespace tanuki
