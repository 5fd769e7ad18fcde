#pragma once

// What is done to weights number by number takes many of them at once: a GPU needs a launch for 64 of a network's
// hundred small ones.

#include <array>
#include <span>

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

/// One weight's: memory of the backend, `size` numbers each, null where there are none.
template <class B>
struct WeightUpdate {
  Index size;
  float rate;  ///< its learning rate
  float* weight;
  const float* gradient = nullptr;
  std::array<float*, 3> slots = {};  ///< what is kept of it
};

template <class B>
using WeightUpdates = std::span<const WeightUpdate<B>>;

}  // namespace tanuki::ops
