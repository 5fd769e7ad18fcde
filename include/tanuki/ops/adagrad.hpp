#pragma once

// One step of Adagrad on one weight, in float32 as Keras does it (keras/src/optimizers/adagrad.py; Duchi et al., 2011):
//   a += g²;  w -= g·lr / √(a + ε)

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

struct AdagradStep {
  float learning_rate;
  float epsilon;
};

/// A backend gives: update(context, step, weight, gradient, a), views of equal size.
template <class B>
struct AdagradKernel {
  static_assert(backend_missing<B>,
                "this backend has no adagrad kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
