#pragma once

// What a weight adds to the loss: l1 · sum |w| + l2 · sum w². (keras/src/regularizers/regularizers.py)

namespace tanuki {

struct Regularizer {
  float l1 = 0;
  float l2 = 0;

  explicit operator bool() const { return l1 != 0 || l2 != 0; }
};

}  // namespace tanuki
