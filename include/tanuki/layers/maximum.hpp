#pragma once

// The largest of the inputs, elementwise: Maximum()({a, b}). Shapes broadcast. (keras/src/layers/merging/maximum.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Maximum final : public LayerOf<Maximum<B>, B> {
 public:
  explicit Maximum(LayerOptions options = {})
      : LayerOf<Maximum<B>, B>("Maximum", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {merge_inputs(ops::Arithmetic::maximum, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
