#pragma once

// y = activation(x · kernel + bias) over the last axis. (keras/src/layers/core/dense.py)
// kernel (in, units), bias (units,).

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/matmul.hpp"

namespace tanuki {

struct DenseOptions {
  Index units;
  std::string activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = glorot_uniform();
  Initializer bias_initializer = zeros();
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, DenseOptions& options) {
  field("units", options.units);
  field("activation", options.activation);
  field("use_bias", options.use_bias);
  field("kernel_initializer", options.kernel_initializer);
  field("bias_initializer", options.bias_initializer);
  field("kernel_regularizer", options.kernel_regularizer);
  field("bias_regularizer", options.bias_regularizer);
  field("kernel_constraint", options.kernel_constraint);
  field("bias_constraint", options.bias_constraint);
}

template <class B = Cpu>
class Dense final : public LayerOf<Dense<B>, B> {
 public:
  explicit Dense(DenseOptions options)
      : LayerOf<Dense<B>, B>("Dense", options.name),
        options_(std::move(options)),
        activation_(checked_option(this->name(), [&] { return find_activation(options_.activation); })) {
    if (options_.units < 1)
      fail("in '", this->name(), "': units is ", options_.units, ", expected at least 1");
  }

  const DenseOptions& options() const { return options_; }

 private:
  void do_build(const Shape& input) const override {
    if (input.rank() == 0) fail("[dense] input () has no last axis");
    this->add_weight("kernel", {input.back(), options_.units}, options_.kernel_initializer, Role::learned,
                     options_.kernel_regularizer, options_.kernel_constraint);
    if (options_.use_bias) {
      this->add_weight("bias", {options_.units}, options_.bias_initializer, Role::learned,
                       options_.bias_regularizer, options_.bias_constraint);
    }
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    x = ops::matmul(x, this->weight("kernel"));
    if (options_.use_bias) x = ops::bias_add(x, this->weight("bias"));
    return activate(x, activation_);
  }

  DenseOptions options_;
  ActivationFunction activation_;
};

}  // namespace tanuki
