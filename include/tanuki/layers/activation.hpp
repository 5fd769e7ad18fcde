#pragma once

// One of Keras' activations as a layer. (keras/src/layers/activations/activation.py)

#include <concepts>

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki {

struct ActivationOptions {
  std::string activation;
  std::string name = {};
};

template <class Field>
void fields(Field& field, ActivationOptions& options) {
  field("activation", options.activation);
}

template <class B = Cpu>
class Activation final : public LayerOf<Activation<B>, B> {
 public:
  /// Throws Error where the name is unknown.
  explicit Activation(ActivationOptions options)
      : LayerOf<Activation<B>, B>("Activation", options.name),
        options_(std::move(options)),
        function_(checked_option(this->name(), [&] { return find_activation(options_.activation); })) {}
  /// A template, so that braces stand for the options and never for a text.
  template <std::convertible_to<std::string> Text>
  explicit Activation(const Text& activation, std::string name = {})
      : Activation(ActivationOptions{activation, std::move(name)}) {}

  const ActivationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return activate(x, function_); }

  ActivationOptions options_;
  ActivationFunction function_;
};

}  // namespace tanuki
