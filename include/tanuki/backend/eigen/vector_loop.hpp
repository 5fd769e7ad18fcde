#pragma once

// The innermost loop of the plain kernels. g++ -O2 makes vectors only of loops with a fixed count and no
// aliasing to check, so the loop is cut into such pieces.

#include "tanuki/core/shape.hpp"

namespace tanuki::eigen {

/// fn(i) for every i in [first, last), in any order: fn(i) must not depend on fn(j). Vectors come of it where
/// fn reads what it needs into locals first and has no branches but `a ? b : c` on locals.
template <class Fn>
[[gnu::flatten]] inline void vector_loop(Index first, Index last, Fn fn) {
  constexpr Index width = 16;
  Index i = first;
  for (; i + width <= last; i += width) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC ivdep
#endif
    for (Index j = 0; j < width; ++j) fn(i + j);
  }
  for (; i < last; ++i) fn(i);
}

}  // namespace tanuki::eigen
