#pragma once

// The first input less the second: Subtract()({a, b}). Shapes broadcast. (keras/src/layers/merging/subtract.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Subtract final : public LayerOf<Subtract<B>, B> {
 public:
  explicit Subtract(LayerOptions options = {})
      : LayerOf<Subtract<B>, B>("Subtract", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    if (inputs.size() != 2) fail("[Subtract] takes two inputs, ", inputs.size(), " were given");
    return {merge_inputs(ops::Arithmetic::subtract, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
