#pragma once

// Batch normalisation over the last axis. The batch's statistics are used, and the moving ones follow, where
// the call is in training mode and the layer is trainable; else the moving ones are used and stand still.
// gamma, beta (where scale, center), moving_mean, moving_variance, each (channels,).
// (keras/src/layers/normalization/batch_normalization.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/batch_norm.hpp"
#include "tanuki/ops/batch_norm_inference.hpp"

namespace tanuki {

struct BatchNormalizationOptions {
  Index axis = -1;  ///< the last one
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  std::string name = {};
};

template <class B = Cpu>
class BatchNormalization final : public LayerOf<BatchNormalization<B>, B> {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {})
      : LayerOf<BatchNormalization<B>, B>("BatchNormalization", options.name), options_(std::move(options)) {
    const auto& [axis, momentum, epsilon, center, scale, name] = options_;
    if (!(momentum >= 0 && momentum <= 1 && epsilon >= 0)) {
      fail("in '", this->name(), "': momentum is ", momentum, " and epsilon ", epsilon,
           ", expected momentum from 0 to 1 and epsilon at least 0");
    }
  }

 private:
  void do_build(const Shape& input) const override {
    const Index channels = last_axis(options_.axis, input);
    if (options_.scale) this->add_weight("gamma", {channels}, ones());
    if (options_.center) this->add_weight("beta", {channels}, zeros());
    this->add_weight("moving_mean", {channels}, zeros(), Role::state);
    this->add_weight("moving_variance", {channels}, ones(), Role::state);
  }

  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    ops::BatchNormWeights<B> weights{this->weight("gamma"), this->weight("beta"), this->weight("moving_mean"),
                                     this->weight("moving_variance")};
    const bool batch_statistics = training && this->trainable();
    if (!batch_statistics) return ops::batch_norm_inference(x, std::move(weights), float(options_.epsilon));
    return ops::batch_norm(x, std::move(weights), float(options_.epsilon), options_.momentum);
  }

  BatchNormalizationOptions options_;
};

}  // namespace tanuki
