#pragma once

// One step of Adam on one weight, in float32 as Keras does it (keras/src/optimizers/adam.py; Kingma and Ba,
// arXiv:1412.6980, the form before section 2.1):
//   m += (g - m)·(1 - β1);  v += (g² - v)·(1 - β2);  w -= m·α / (√v + ε)
//   amsgrad:  v' = max(v', v);  w -= m·α / (√v' + ε)

#include "tanuki/core/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

struct AdamStep {
  float alpha;  ///< the learning rate times √(1 - β2ᵗ) / (1 - β1ᵗ)
  float one_minus_beta_1;
  float one_minus_beta_2;
  float epsilon;
};

/// One weight's.
template <class B>
struct AdamUpdate {
  AdamStep step;
  TensorView<B> weight;
  ConstTensorView<B> gradient;
  TensorView<B> momentum, velocity, velocity_hat;  ///< the last for amsgrad, else null
};

/// A backend gives: update(context, step, weight, gradient, m, v), and the same with v' for amsgrad; views of equal
/// size. It may give update_all(context, updates) of many weights, whose steps differ in alpha alone.
template <class B>
struct AdamKernel {
  static_assert(backend_missing<B>,
                "this backend has no adam kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
