#pragma once

// What holds for a whole process, in one place: threads and memory. There is nothing to set for determinism: the same seed
// (set_random_seed) gives the same bits with any number of threads and on any vector unit of a kind.

#include "tanuki/core/context.hpp"

namespace tanuki {

struct Configuration {
  int threads = 0;         ///< that work is shared out over; 0: $TANUKI_NUM_THREADS, else one a core
  Index memory_limit = 0;  ///< bytes for all tensors and plans together; 0: none
};

/// Sets all of it; not while something is computed. Throws Error for numbers that make no sense, and where the system gives
/// fewer threads. From then on what would go beyond the memory_limit throws Error, with both sizes; plans of less memory come
/// with a smaller batch_size or micro_batch_size, and Plan::memory_needed() says what one takes.
inline void configure(const Configuration& configuration) {
  if (configuration.memory_limit < 0)
    fail("[configure] memory_limit is ", configuration.memory_limit, ", expected bytes, or 0 for none");
  default_context<Cpu>().threads(configuration.threads);
  host_memory().most = std::size_t(configuration.memory_limit);
}

/// Bytes that tensors and plans hold now.
inline Index memory_in_use() { return Index(host_memory().used.load()); }

}  // namespace tanuki
