#pragma once

// The loop that all elementwise kernels share: fixed blocks over the threads.

#include "tanuki/core/context.hpp"

namespace tanuki::eigen {

/// fn(i) for every i in [0, count). The inner loop is plain, so that the compiler can make vectors of it.
template <class Fn>
void elementwise(Context<Cpu>& context, Index count, Fn fn) {
  context.parallel_blocks(count, 1 << 15, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) fn(i);
  });
}

}  // namespace tanuki::eigen
