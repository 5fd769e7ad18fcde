#pragma once

// One step of gradient descent, as Keras does it (keras/src/optimizers/sgd.py):
//   w -= g·lr
//   with momentum:  m = m·μ - g·lr;  w += m, or with Nesterov's look ahead  w += m·μ - g·lr

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct SgdStep {
  float momentum;
  bool nesterov;
};

/// A backend gives: update(context, step, updates), with the slot m, null without momentum.
template <class B>
struct SgdKernel {
  static_assert(backend_missing<B>,
                "this backend has no sgd kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
