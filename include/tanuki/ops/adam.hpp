#pragma once

// One step of Adam, in float32 as Keras does it (keras/src/optimizers/adam.py; Kingma and Ba,
// arXiv:1412.6980, the form before section 2.1):
//   m += (g - m)·(1 - β1);  v += (g² - v)·(1 - β2);  w -= m·α / (√v + ε)
//   amsgrad:  v' = max(v', v);  w -= m·α / (√v' + ε)

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

struct AdamStep {
  float one_minus_beta_1;
  float one_minus_beta_2;
  float epsilon;
};

/// A backend gives: update(context, step, updates). The rate of an update is α, the learning rate times
/// √(1 - β2ᵗ) / (1 - β1ᵗ); its slots are m, v, and for amsgrad v'.
template <class B>
struct AdamKernel {
  static_assert(backend_missing<B>,
                "this backend has no adam kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
