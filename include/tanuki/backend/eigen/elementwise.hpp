#pragma once

// The loop that all elementwise kernels share: fixed blocks over the threads.

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"

namespace tanuki::eigen {

/// fn(i) for every i in [0, count), see vector_loop.
template <class Fn>
void elementwise(Context<Cpu>& context, Index count, Fn fn) {
  context.parallel_blocks(count, 1 << 15, [&](Index first, Index last) { vector_loop(first, last, fn); });
}

}  // namespace tanuki::eigen
