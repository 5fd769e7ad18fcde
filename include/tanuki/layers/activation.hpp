#pragma once

// An elementwise function as a layer. (keras/src/layers/activations)

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/layer.hpp"

namespace tanuki {

template <class B = Cpu>
class Activation final : public LayerOf<Activation<B>, B> {
 public:
  explicit Activation(std::string activation, std::string name = {})
      : LayerOf<Activation<B>, B>("Activation", std::move(name)), activation_(find_activation(activation)) {}

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return activate(x, activation_); }

  ActivationFunction activation_;
};

/// max(x, 0).
template <class B = Cpu>
class ReLU final : public LayerOf<ReLU<B>, B> {
 public:
  explicit ReLU(std::string name = {}) : LayerOf<ReLU<B>, B>("ReLU", std::move(name)) {}

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return ops::activation(x, ops::ActivationKind::relu);
  }
};

}  // namespace tanuki
