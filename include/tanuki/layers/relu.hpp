#pragma once

// max(x, 0); with options x above `threshold`, at most `max_value`, and negative_slope · (x - threshold)
// below. (keras/src/layers/activations/relu.py)

#include <limits>
#include <optional>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/clipped_relu.hpp"

namespace tanuki {

struct ReLUOptions {
  std::optional<float> max_value = {};  ///< not given: unlimited
  float negative_slope = 0;
  float threshold = 0;
  std::string name = {};
};

template <class Field>
void fields(Field& field, ReLUOptions& options) {
  field("max_value", options.max_value);
  field("negative_slope", options.negative_slope);
  field("threshold", options.threshold);
}

template <class B = Cpu>
class ReLU final : public LayerOf<ReLU<B>, B> {
 public:
  explicit ReLU(ReLUOptions options = {})
      : LayerOf<ReLU<B>, B>("ReLU", options.name), options_(std::move(options)) {
    const float max_value = options_.max_value.value_or(0);
    if (!(max_value >= 0 && options_.negative_slope >= 0 && options_.threshold >= 0)) {
      fail("in '", this->name(), "': max_value is ", max_value, ", negative_slope ", options_.negative_slope,
           ", threshold ", options_.threshold, ": expected numbers of at least 0");
    }
  }

  const ReLUOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const auto& [max_value, negative_slope, threshold, name] = options_;
    if (threshold == 0 && !max_value) {
      if (negative_slope == 0) return ops::activation(x, ops::ActivationKind::relu);
      return ops::activation(x, ops::ActivationKind::leaky_relu, {.a = negative_slope});
    }
    if (threshold == 0 && negative_slope == 0 && max_value == 6.0f)
      return ops::activation(x, ops::ActivationKind::relu6);
    const float largest = max_value.value_or(std::numeric_limits<float>::infinity());
    return ops::clipped_relu(x, {largest, negative_slope, threshold});
  }

  ReLUOptions options_;
};

}  // namespace tanuki
