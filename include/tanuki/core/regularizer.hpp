#pragma once

// What a weight adds to the loss: l1 · sum |w| + l2 · sum w², and what its rows or columns lack to stand at right angles,
// see ops/regularize.hpp. (keras/src/regularizers/regularizers.py)

namespace tanuki {

struct Regularizer {
  float l1 = 0;
  float l2 = 0;
  float orthogonal = 0;  ///< the factor of Keras' OrthogonalRegularizer; only for weights of two axes
  bool columns = false;  ///< orthogonal columns, not rows

  explicit operator bool() const { return l1 != 0 || l2 != 0 || orthogonal != 0; }
};

}  // namespace tanuki
