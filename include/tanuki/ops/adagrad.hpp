#pragma once

// One step of Adagrad, in float32 as Keras does it (keras/src/optimizers/adagrad.py; Duchi et al., 2011):
//   a += g²;  w -= g·lr / √(a + ε)

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct AdagradStep {
  float epsilon;
};

/// A backend gives: update(context, step, updates), with the slot a.
template <class B>
struct AdagradKernel {
  static_assert(backend_missing<B>,
                "this backend has no adagrad kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
