#pragma once

// What holds a gradient in bounds, as Keras' optimizers do (keras/src/optimizers/base_optimizer.py).

#include "tanuki/core/context.hpp"
#include "tanuki/core/later.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::ops {

/// A backend gives: square_sum(context, x), the sum of squares as a double, now or later; scale(context, x, factor,
/// divisor, y): y = x · factor / divisor; clamp(context, x, limit, y): y = x within ±limit. y may be x.
template <class B>
struct ClipKernel {
  static_assert(backend_missing<B>,
                "this backend has no clip kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
