#pragma once

// x where it is positive, negative_slope · x elsewhere. (keras/src/layers/activations/leaky_relu.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/activation.hpp"

namespace tanuki {

struct LeakyReLUOptions {
  float negative_slope = 0.3f;
  std::string name = {};
};

template <class Field>
void fields(Field& field, LeakyReLUOptions& options) {
  field("negative_slope", options.negative_slope);
}

template <class B = Cpu>
class LeakyReLU final : public LayerOf<LeakyReLU<B>, B> {
 public:
  explicit LeakyReLU(LeakyReLUOptions options = {})
      : LayerOf<LeakyReLU<B>, B>("LeakyReLU", options.name), options_(std::move(options)) {
    if (!(options_.negative_slope >= 0))
      fail("in '", this->name(), "': negative_slope is ", options_.negative_slope, ", expected at least 0");
  }

  const LeakyReLUOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::activation(x, ops::ActivationKind::leaky_relu, {.a = options_.negative_slope});
  }

  LeakyReLUOptions options_;
};

}  // namespace tanuki
