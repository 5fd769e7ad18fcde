#pragma once

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace tanuki {

/// Gives the system back the memory that the heap holds and nobody uses, where the C library is glibc; elsewhere the heap keeps it.
/// For after a large structure, before memory of another kind is taken.
inline void trim_heap() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace tanuki
