#pragma once

// What the merging layers share: the chain a ∘ b ∘ c … over inputs whose shapes broadcast.
// (keras/src/layers/merging/base_merge.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/add.hpp"
#include "tanuki/ops/arithmetic.hpp"
#include "tanuki/ops/scalar_arithmetic.hpp"

namespace tanuki {

/// From the left. One input is itself.
template <class B>
ops::Value<B> merge_inputs(ops::Arithmetic kind, const std::vector<ops::Value<B>>& inputs) {
  if (kind == ops::Arithmetic::add && inputs.size() > 1 &&
      std::all_of(inputs.begin(), inputs.end(),
                  [&](const auto& input) { return input.shape() == inputs[0].shape(); }))
    return ops::add(std::span<const ops::Value<B>>(inputs));
  ops::Value<B> merged = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) merged = ops::arithmetic(kind, merged, inputs[i]);
  return merged;
}

}  // namespace tanuki
