#pragma once

// One step of RMSprop, in float32 as Keras does it (keras/src/optimizers/rmsprop.py; Hinton, lecture 6e):
//   v = v·ρ + g²·(1 - ρ);  centered:  a = a·ρ + g·(1 - ρ)
//   d = g·lr / √(v + ε), centered  g·lr / √(v - a² + ε)
//   w -= d, or with momentum  m = m·μ + d;  w -= m

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct RmspropStep {
  float rho;
  float one_minus_rho;
  float epsilon;
  float momentum;
};

/// A backend gives: update(context, step, updates), with the slots v, m and a; m is null without momentum, a unless it
/// is centered.
template <class B>
struct RmspropKernel {
  static_assert(backend_missing<B>,
                "this backend has no rmsprop kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
