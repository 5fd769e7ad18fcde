#pragma once

// What holds gradients in bounds, as Keras' optimizers do (keras/src/optimizers/base_optimizer.py).

#include <algorithm>
#include <cmath>

#include "tanuki/ops/weight_update.hpp"

namespace tanuki::ops {

/// What a gradient is multiplied by, and then divided by.
struct ClipScale {
  float factor, divisor;
};

/// So that its norm is at most `limit`.
inline ClipScale scale_to_norm(double square_sum, float limit) {
  return {limit, std::max(float(std::sqrt(square_sum)), limit)};
}
/// The same for all together.
inline ClipScale scale_to_global_norm(double square_sum, float limit) {
  return {limit * std::min(1.0f / std::sqrt(float(square_sum)), 1.0f / limit), 1};
}

/// A backend gives: scale(context, x, factor, divisor, y): y = x · factor / divisor, where y may be x. And for updates in
/// which a gradient in bounds is in the place of the weight: clamp(context, limit, updates), within ±limit; the type Scales,
/// scales(context, limit, together, updates), for the norm of each or of all, and scale(context, scales, first, updates),
/// which are those from number `first` on of all.
template <class B>
struct ClipKernel {
  static_assert(backend_missing<B>,
                "this backend has no clip kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
