#pragma once

// The mean of the inputs: Average()({a, b}). Shapes broadcast. (keras/src/layers/merging/average.py)

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

template <class B = Cpu>
class Average final : public LayerOf<Average<B>, B> {
 public:
  explicit Average(LayerOptions options = {})
      : LayerOf<Average<B>, B>("Average", options.name), options_(std::move(options)) {}

  const LayerOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    const ops::Value<B> sum = merge_inputs(ops::Arithmetic::add, inputs);
    return {ops::scalar_arithmetic(sum, {ops::ScalarArithmetic::divide, float(inputs.size())})};
  }

  LayerOptions options_;
};

}  // namespace tanuki
