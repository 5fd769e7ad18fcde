#pragma once

// The product of the inputs: Multiply()({a, b}). Shapes broadcast. (keras/src/layers/merging/multiply.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Multiply final : public LayerOf<Multiply<B>, B> {
 public:
  explicit Multiply(LayerOptions options = {})
      : LayerOf<Multiply<B>, B>("Multiply", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {merge_inputs(ops::Arithmetic::multiply, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
