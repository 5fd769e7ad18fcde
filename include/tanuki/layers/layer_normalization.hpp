#pragma once

// Each example normalised along `axis`: y = (x - mean) / sqrt(variance + epsilon) · gamma + beta, gamma and beta being
// of the shape of those axes. rms_scaling subtracts no mean and has no beta.
// (keras/src/layers/normalization/layer_normalization.py)

#include "tanuki/layers/axis_list.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/layer_norm.hpp"

namespace tanuki {

struct LayerNormalizationOptions {
  AxisList axis = -1;  ///< one or several
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  bool rms_scaling = false;
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
void fields(Field& field, LayerNormalizationOptions& options) {
  axis_field(field, options.axis);
  field("epsilon", options.epsilon);
  field("center", options.center);
  field("scale", options.scale);
  field("rms_scaling", options.rms_scaling);
  field("beta_initializer", options.beta_initializer);
  field("gamma_initializer", options.gamma_initializer);
  field("beta_regularizer", options.beta_regularizer);
  field("gamma_regularizer", options.gamma_regularizer);
  field("beta_constraint", options.beta_constraint);
  field("gamma_constraint", options.gamma_constraint);
}

template <class B = Cpu>
class LayerNormalization final : public LayerOf<LayerNormalization<B>, B> {
 public:
  explicit LayerNormalization(LayerNormalizationOptions options = {})
      : LayerOf<LayerNormalization<B>, B>("LayerNormalization", options.name), options_(std::move(options)) {
    if (!(options_.epsilon >= 0))
      fail("in '", this->name(), "': epsilon is ", options_.epsilon, ", expected at least 0");
  }

  const LayerNormalizationOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    find_axes(options_.axis.axes(), input);
    std::vector<Index> sorted = options_.axis.axes(), extents;
    std::sort(sorted.begin(), sorted.end());  // as they were given, like Keras
    for (Index axis : sorted) extents.push_back(input[find_axis(axis, input)]);
    const Shape shape{std::span<const Index>(extents)};
    if (options_.scale || options_.rms_scaling)
      this->add_weight("gamma", shape, options_.gamma_initializer, Role::learned, options_.gamma_regularizer,
                       options_.gamma_constraint);
    if (options_.center && !options_.rms_scaling)
      this->add_weight("beta", shape, options_.beta_initializer, Role::learned, options_.beta_regularizer,
                       options_.beta_constraint);
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::layer_norm(x,
                           {.axes = find_axes(options_.axis.axes(), x.shape()),
                            .epsilon = float(options_.epsilon),
                            .rms_scaling = options_.rms_scaling},
                           this->weight("gamma"), this->weight("beta"));
  }

  LayerNormalizationOptions options_;
};

}  // namespace tanuki
