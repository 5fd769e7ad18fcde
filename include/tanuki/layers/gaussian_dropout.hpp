#pragma once

// In training, multiplies by normal noise of mean 1 and deviation √(rate / (1 - rate)).
// (keras/src/layers/regularization/gaussian_dropout.py)

#include <cmath>

#include "tanuki/layers/dropout.hpp"
#include "tanuki/ops/gaussian_noise.hpp"

namespace tanuki {

struct GaussianDropoutOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given, below 1
  std::string name = {};
};

template <class Field>
void fields(Field& field, GaussianDropoutOptions& options) {
  field("rate", options.rate);
}

template <class B = Cpu>
class GaussianDropout final : public LayerOf<GaussianDropout<B>, B> {
 public:
  explicit GaussianDropout(GaussianDropoutOptions options)
      : LayerOf<GaussianDropout<B>, B>("GaussianDropout", options.name), options_(std::move(options)) {
    if (!(options_.rate >= 0 && options_.rate < 1))
      fail("in '", this->name(), "': rate is ", options_.rate, ", expected 0 ≤ rate < 1");
  }

  const GaussianDropoutOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    const float rate = options_.rate;
    return training && rate > 0 ? ops::gaussian_noise(x, std::sqrt(rate / (1 - rate)), true) : x;
  }

  GaussianDropoutOptions options_;
};

}  // namespace tanuki
