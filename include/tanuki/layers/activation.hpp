#pragma once

// An elementwise function, or softmax, as a layer. (keras/src/layers/activations/activation.py)

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki {

template <class B = Cpu>
class Activation final : public LayerOf<Activation<B>, B> {
 public:
  /// Throws Error where the name is unknown.
  explicit Activation(std::string activation, std::string name = {})
      : LayerOf<Activation<B>, B>("Activation", std::move(name)),
        activation_(checked_option(this->name(), [&] { return find_activation(activation); })) {}

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return activate(x, activation_); }

  ActivationFunction activation_;
};

}  // namespace tanuki
