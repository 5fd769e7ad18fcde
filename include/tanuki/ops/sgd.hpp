#pragma once

// One step of gradient descent on one weight, as Keras does it (keras/src/optimizers/sgd.py):
//   w -= g·lr
//   with momentum:  m = m·μ - g·lr;  w += m, or with Nesterov's look ahead  w += m·μ - g·lr

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

struct SgdStep {
  float learning_rate;
  float momentum;
  bool nesterov;
};

/// One weight's.
template <class B>
struct SgdUpdate {
  SgdStep step;
  TensorView<B> weight;
  ConstTensorView<B> gradient;
  TensorView<B> momentum;  ///< null without
};

/// A backend gives: update(context, step, weight, gradient, m), views of equal size; m is null without
/// momentum. It may give update_all(context, updates) of many weights, whose steps differ in the learning rate alone.
template <class B>
struct SgdKernel {
  static_assert(backend_missing<B>,
                "this backend has no sgd kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
