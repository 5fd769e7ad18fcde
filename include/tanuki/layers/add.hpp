#pragma once

// The sum of inputs of one shape: Add()({a, b}). (keras/src/layers/merging/add.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/add.hpp"

namespace tanuki {

template <class B = Cpu>
class Add final : public LayerOf<Add<B>, B> {
 public:
  explicit Add(const LayerOptions& options = {}) : LayerOf<Add<B>, B>("Add", options.name) {}

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    return {ops::add(std::span<const ops::Value<B>>(inputs))};
  }
};

}  // namespace tanuki
