#pragma once

// One step of Nadam, in float32 as Keras does it (keras/src/optimizers/nadam.py; Dozat, 2015):
//   m += (g - m)·(1 - β1);  v += (g² - v)·(1 - β2)
//   w -= (m·u' / (1 - Πu·u') + g·(1 - u) / (1 - Πu))·lr / (√(v / (1 - β2ᵗ)) + ε)
// with u = β1·(1 - 0.96ᵗ / 2) and u' that of the next step.

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct NadamStep {
  float one_minus_beta_1;
  float one_minus_beta_2;
  float next_u;            ///< u'
  float momentum_divisor;  ///< 1 - Πu·u'
  float one_minus_u;
  float gradient_divisor;  ///< 1 - Πu
  float velocity_divisor;  ///< 1 - β2ᵗ
  float epsilon;
};

/// A backend gives: update(context, step, updates), with the slots m and v.
template <class B>
struct NadamKernel {
  static_assert(backend_missing<B>,
                "this backend has no nadam kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
