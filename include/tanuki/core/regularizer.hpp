#pragma once

// What a weight adds to the loss: l1 · sum |w| + l2 · sum w², and what its rows or columns lack to stand at right angles,
// see ops/regularize.hpp. (keras/src/regularizers/regularizers.py)

namespace tanuki {

namespace detail {

/// What no number becomes: `.kernel_regularizer = 0.01f` names no norm, and does not compile.
struct SayL1OrL2 {
  constexpr SayL1OrL2() {}
};

}  // namespace detail

/// Made by what it sums: {.l2 = 1e-4f}.
struct Regularizer {
  [[no_unique_address]] detail::SayL1OrL2 must_be_named = {};
  float l1 = 0;
  float l2 = 0;
  float orthogonal = 0;  ///< the factor of Keras' OrthogonalRegularizer; only for weights of two axes
  bool columns = false;  ///< orthogonal columns, not rows

  explicit operator bool() const { return l1 != 0 || l2 != 0 || orthogonal != 0; }
};

}  // namespace tanuki
