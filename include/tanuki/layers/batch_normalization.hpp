#pragma once

// Batch normalisation over one axis, the channels. The batch's statistics are used, and the moving ones follow, where the
// call is in training mode and the layer is trainable; else the moving ones are used and stand still.
// gamma, beta (where scale, center), moving_mean, moving_variance, each (channels,).
// (keras/src/layers/normalization/batch_normalization.py)

#include "tanuki/layers/channels_last.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/batch_norm.hpp"
#include "tanuki/ops/batch_norm_inference.hpp"

namespace tanuki {

struct BatchNormalizationOptions {
  Index axis = -1;  ///< of the channels, with the batch's counted; the last one is fastest
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = zeros();
  Initializer gamma_initializer = ones();
  Initializer moving_mean_initializer = zeros();
  Initializer moving_variance_initializer = ones();
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool synchronized = false;  ///< the statistics of several processes: of no effect in one
  bool renorm = false;        ///< not supported
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, BatchNormalizationOptions& options) {
  field("axis", options.axis);
  field("momentum", options.momentum);
  field("epsilon", options.epsilon);
  field("center", options.center);
  field("scale", options.scale);
  field("beta_initializer", options.beta_initializer);
  field("gamma_initializer", options.gamma_initializer);
  field("moving_mean_initializer", options.moving_mean_initializer);
  field("moving_variance_initializer", options.moving_variance_initializer);
  field("beta_regularizer", options.beta_regularizer);
  field("gamma_regularizer", options.gamma_regularizer);
  field("beta_constraint", options.beta_constraint);
  field("gamma_constraint", options.gamma_constraint);
  field("synchronized", options.synchronized);
  field("renorm", options.renorm);
}

template <class B = Cpu>
class BatchNormalization final : public LayerOf<BatchNormalization<B>, B> {
 public:
  explicit BatchNormalization(BatchNormalizationOptions options = {})
      : LayerOf<BatchNormalization<B>, B>("BatchNormalization", options.name), options_(std::move(options)) {
    const double momentum = options_.momentum, epsilon = options_.epsilon;
    if (options_.renorm) fail("in '", this->name(), "': renorm is true, which is not supported");
    if (!(momentum >= 0 && momentum <= 1 && epsilon >= 0)) {
      fail("in '", this->name(), "': momentum is ", momentum, " and epsilon ", epsilon,
           ", expected momentum from 0 to 1 and epsilon at least 0");
    }
  }

  const BatchNormalizationOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    const Index channels = input[find_axis(options_.axis, input)];
    if (options_.scale)
      this->add_weight("gamma", {channels}, options_.gamma_initializer, Role::learned,
                       options_.gamma_regularizer, options_.gamma_constraint);
    if (options_.center)
      this->add_weight("beta", {channels}, options_.beta_initializer, Role::learned,
                       options_.beta_regularizer, options_.beta_constraint);
    this->add_weight("moving_mean", {channels}, options_.moving_mean_initializer, Role::state);
    this->add_weight("moving_variance", {channels}, options_.moving_variance_initializer, Role::state);
  }

  ops::Value<B> call(ops::Value<B> x, bool training) const override {
    return channels_last(x, options_.axis, [&](ops::Value<B> last) { return normalize(last, training); });
  }

  ops::Value<B> normalize(ops::Value<B> x, bool training) const {
    ops::BatchNormWeights<B> weights{this->weight("gamma"), this->weight("beta"), this->weight("moving_mean"),
                                     this->weight("moving_variance")};
    const bool batch_statistics = training && this->trainable();
    if (!batch_statistics) return ops::batch_norm_inference(x, std::move(weights), float(options_.epsilon));
    return ops::batch_norm(x, std::move(weights), float(options_.epsilon), options_.momentum);
  }

  BatchNormalizationOptions options_;
};

}  // namespace tanuki
