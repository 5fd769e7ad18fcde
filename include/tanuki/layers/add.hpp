#pragma once

// The sum of the inputs: Add()({a, b}). Shapes broadcast. (keras/src/layers/merging/add.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Add final : public LayerOf<Add<B>, B> {
 public:
  explicit Add(LayerOptions options = {})
      : LayerOf<Add<B>, B>("Add", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {merge_inputs(ops::Arithmetic::add, inputs)};
  }

  LayerOptions options_;
};

}  // namespace tanuki
