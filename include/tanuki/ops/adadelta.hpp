#pragma once

// One step of Adadelta, in float32 as Keras does it (keras/src/optimizers/adadelta.py; Zeiler,
// arXiv:1212.5701):
//   a = a·ρ + g²·(1 - ρ);  d = √(u + ε)·g / √(a + ε);  u = u·ρ + d²·(1 - ρ);  w -= d·lr

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct AdadeltaStep {
  float rho;
  float one_minus_rho;
  float epsilon;
};

/// A backend gives: update(context, step, updates), with the slots a and u.
template <class B>
struct AdadeltaKernel {
  static_assert(backend_missing<B>,
                "this backend has no adadelta kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
