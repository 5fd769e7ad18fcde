#pragma once

// The channels (one axis, here the last) of each example in `groups`, each normalised by its own mean and variance, then times
// gamma plus beta, each (channels,). groups = -1: as many as channels.
// (keras/src/layers/normalization/group_normalization.py)

#include "tanuki/layers/channels_last.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/group_norm.hpp"

namespace tanuki {

struct GroupNormalizationOptions {
  Index groups = 32;
  Index axis = -1;  ///< of the channels, with the batch's counted; the last one is fastest
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  Initializer beta_initializer = zeros();
  Initializer gamma_initializer = ones();
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, GroupNormalizationOptions& options) {
  field("groups", options.groups);
  field("axis", options.axis);
  field("epsilon", options.epsilon);
  field("center", options.center);
  field("scale", options.scale);
  field("beta_initializer", options.beta_initializer);
  field("gamma_initializer", options.gamma_initializer);
  field("beta_regularizer", options.beta_regularizer);
  field("gamma_regularizer", options.gamma_regularizer);
  field("beta_constraint", options.beta_constraint);
  field("gamma_constraint", options.gamma_constraint);
}

template <class B = Cpu>
class GroupNormalization final : public LayerOf<GroupNormalization<B>, B> {
 public:
  explicit GroupNormalization(GroupNormalizationOptions options = {})
      : LayerOf<GroupNormalization<B>, B>("GroupNormalization", options.name), options_(std::move(options)) {
    if (options_.groups < 1 && options_.groups != -1)
      fail("in '", this->name(), "': groups is ", options_.groups, ", expected at least 1, or -1");
    if (!(options_.epsilon >= 0))
      fail("in '", this->name(), "': epsilon is ", options_.epsilon, ", expected at least 0");
  }

  const GroupNormalizationOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    const Index channels = input[find_axis(options_.axis, input)];
    if (options_.scale)
      this->add_weight("gamma", {channels}, options_.gamma_initializer, Role::learned,
                       options_.gamma_regularizer, options_.gamma_constraint);
    if (options_.center)
      this->add_weight("beta", {channels}, options_.beta_initializer, Role::learned,
                       options_.beta_regularizer, options_.beta_constraint);
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return channels_last(x, options_.axis, [&](ops::Value<B> last) {
      const Index groups = options_.groups == -1 ? last.shape().back() : options_.groups;
      return ops::group_norm(last, groups, float(options_.epsilon), this->weight("gamma"),
                             this->weight("beta"));
    });
  }

  GroupNormalizationOptions options_;
};

}  // namespace tanuki
