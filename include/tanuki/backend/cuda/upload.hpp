#pragma once

// Tables of the host that a kernel reads.

#include <map>
#include <vector>

#include "tanuki/backend/cuda/context.hpp"

namespace tanuki::gpu {

/// Of one owner and thread. Tables follow from shapes, of which a program has a few.
inline constexpr std::size_t most_tables = 64;

/// A copy on the device, which is kept for the next call with the same numbers: to be used in the main stream, before the
/// owner's next table is uploaded. Null where there is nothing.
template <class Owner, class T>
const T* upload(Context<Cuda>& context, const std::vector<T>& table) {
  static_assert(sizeof(T) % sizeof(float) == 0);
  if (table.empty()) return nullptr;
  thread_local std::map<std::vector<T>, Buffer<Cuda>> kept;
  auto found = kept.find(table);
  if (found == kept.end()) {
    if (kept.size() == most_tables) kept.clear();
    Buffer<Cuda> there(Index(table.size() * sizeof(T) / sizeof(float)));
    context.device().copy_from_host(context.device().main_stream(), there.data(), table.data(),
                                    table.size() * sizeof(T));
    found = kept.emplace(table, std::move(there)).first;
  }
  return reinterpret_cast<const T*>(found->second.data());
}

}  // namespace tanuki::gpu
