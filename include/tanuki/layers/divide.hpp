#pragma once

// The first input by the second. Shapes broadcast. Keras has it as an operation, a / b, not as a layer.

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Divide final : public LayerOf<Divide<B>, B> {
 public:
  explicit Divide(LayerOptions options = {})
      : LayerOf<Divide<B>, B>("Divide", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    if (inputs.size() != 2) fail("[Divide] takes two inputs, ", inputs.size(), " were given");
    return {merge_inputs(ops::Arithmetic::divide, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
