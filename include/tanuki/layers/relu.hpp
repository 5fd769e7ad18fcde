#pragma once

// max(x, 0); with options x above `threshold`, at most `max_value`, and negative_slope · (x - threshold)
// below. (keras/src/layers/activations/relu.py)

#include <limits>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/clipped_relu.hpp"

namespace tanuki {

struct ReLUOptions {
  float max_value = std::numeric_limits<float>::infinity();
  float negative_slope = 0;
  float threshold = 0;
  std::string name = {};
};

template <class B = Cpu>
class ReLU final : public LayerOf<ReLU<B>, B> {
 public:
  explicit ReLU(const ReLUOptions& options = {})
      : LayerOf<ReLU<B>, B>("ReLU", options.name),
        arguments_{options.max_value, options.negative_slope, options.threshold} {
    const auto [max_value, negative_slope, threshold] = arguments_;
    if (!(max_value >= 0 && negative_slope >= 0 && threshold >= 0)) {
      fail("in '", this->name(), "': max_value is ", max_value, ", negative_slope ", negative_slope,
           ", threshold ", threshold, ": expected numbers of at least 0");
    }
  }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const bool plain = arguments_.max_value == std::numeric_limits<float>::infinity() &&
                       arguments_.negative_slope == 0 && arguments_.threshold == 0;
    return plain ? ops::activation(x, ops::ActivationKind::relu) : ops::clipped_relu(x, arguments_);
  }

  ops::ReluArguments arguments_;
};

}  // namespace tanuki
