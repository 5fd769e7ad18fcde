#pragma once

// The smallest of the inputs, elementwise: Minimum()({a, b}). Shapes broadcast. (keras/src/layers/merging/minimum.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Minimum final : public LayerOf<Minimum<B>, B> {
 public:
  explicit Minimum(LayerOptions options = {})
      : LayerOf<Minimum<B>, B>("Minimum", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {merge_inputs(ops::Arithmetic::minimum, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
