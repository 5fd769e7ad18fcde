#pragma once

// Tables of the host that a kernel reads.

#include <vector>

#include "tanuki/backend/cuda/context.hpp"

namespace tanuki::gpu {

/// A copy on the device, in the scratch of `Owner`: valid until the next one. Null where there is nothing.
template <class Owner>
const Index* upload(Context<Cuda>& context, const std::vector<Index>& table) {
  if (table.empty()) return nullptr;
  auto* there = reinterpret_cast<Index*>(Context<Cuda>::scratch<Owner>(2 * Index(table.size())));
  context.device().copy_from_host(context.device().main_stream(), there, table.data(),
                                  table.size() * sizeof(Index));
  return there;
}
template <class Owner>
const float* upload(Context<Cuda>&, const std::vector<float>& table) {
  if (table.empty()) return nullptr;
  float* there = Context<Cuda>::scratch<Owner>(Index(table.size()));
  Memory<Cuda>::from_host(there, table.data(), table.size());
  return there;
}

}  // namespace tanuki::gpu
