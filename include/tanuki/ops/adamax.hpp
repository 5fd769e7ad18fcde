#pragma once

// One step of Adamax, in float32 as Keras does it (keras/src/optimizers/adamax.py; Kingma and Ba,
// arXiv:1412.6980, section 7):
//   m += (g - m)·(1 - β1);  u = max(u·β2, |g|);  w -= m·lr / ((u + ε)·(1 - β1ᵗ))

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct AdamaxStep {
  float one_minus_beta_1;
  float beta_2;
  float correction;  ///< 1 - β1ᵗ
  float epsilon;
};

/// A backend gives: update(context, step, updates), with the slots m and u.
template <class B>
struct AdamaxKernel {
  static_assert(backend_missing<B>,
                "this backend has no adamax kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
