#pragma once

// Whether numbers are numbers: a training step asks before it moves a weight.

#include "tanuki/core/later.hpp"
#include "tanuki/ops/op.hpp"

namespace tanuki::ops {

/// A backend gives: all(context, x), true where no element is infinite or NaN; or first(context, tensors), which is
/// first_not_finite().
template <class B>
struct FiniteKernel {
  static_assert(backend_missing<B>,
                "this backend has no finite kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// The place of the first tensor with a number that is not finite; as many as there are where none has. Those without
/// numbers are passed over.
template <class B>
Later<std::size_t> first_not_finite(Context<B>& context, std::span<const ConstTensorView<B>> tensors) {
  if constexpr (requires { FiniteKernel<B>::first(context, tensors); }) {
    return FiniteKernel<B>::first(context, tensors);
  } else {
    std::size_t i = 0;
    while (i < tensors.size() && (!tensors[i] || FiniteKernel<B>::all(context, tensors[i]))) ++i;
    return i;
  }
}

}  // namespace tanuki::ops
