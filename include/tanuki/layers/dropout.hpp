#pragma once

// In training, sets numbers to 0 with probability `rate` and divides the rest by 1 - rate.
// (keras/src/layers/regularization/dropout.py)

#include <limits>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/dropout.hpp"

namespace tanuki {

struct DropoutOptions {
  float rate = std::numeric_limits<float>::quiet_NaN();  ///< must be given
  std::string name = {};
};

template <class B = Cpu>
class Dropout final : public LayerOf<Dropout<B>, B> {
 public:
  explicit Dropout(const DropoutOptions& options)
      : LayerOf<Dropout<B>, B>("Dropout", options.name), rate_(options.rate) {
    if (!(rate_ >= 0 && rate_ < 1))
      fail("in '", this->name(), "': rate is ", rate_, ", expected 0 ≤ rate < 1");
  }

 private:
  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    return training && rate_ > 0 ? ops::dropout(x, rate_) : x;
  }

  float rate_;
};

}  // namespace tanuki
