#pragma once

// What the backend calls of cuDNN, which is opened at the first call and not linked.

#include <cudnn_graph.h>

#include <memory>

#include "tanuki/backend/cuda/device/functions.hpp"

#define TANUKI_FUNCTION(name) decltype(&::name) name = library.function(#name);

namespace tanuki::gpu {

struct Cudnn {
  Library library{"cuDNN", library_file("cudnn", CUDNN_MAJOR)};
  TANUKI_FUNCTION(cudnnGetVersion)
  TANUKI_FUNCTION(cudnnGetErrorString)
  TANUKI_FUNCTION(cudnnGetLastErrorString)
  TANUKI_FUNCTION(cudnnCreate)
  TANUKI_FUNCTION(cudnnDestroy)
  TANUKI_FUNCTION(cudnnSetStream)
  TANUKI_FUNCTION(cudnnBackendCreateDescriptor)
  TANUKI_FUNCTION(cudnnBackendDestroyDescriptor)
  TANUKI_FUNCTION(cudnnBackendSetAttribute)
  TANUKI_FUNCTION(cudnnBackendGetAttribute)
  TANUKI_FUNCTION(cudnnBackendFinalize)
  TANUKI_FUNCTION(cudnnBackendExecute)
};

/// Null where it is not there, or older than 9.8, the first whose plans are made of a description of the GPU.
inline const Cudnn* cudnn_if_there() {
  static const std::unique_ptr<const Cudnn> functions = []() -> std::unique_ptr<const Cudnn> {
    try {
      auto found = std::make_unique<const Cudnn>();
      if (found->cudnnGetVersion() >= 90800) return found;
    } catch (const NoDevice&) {
    }
    return nullptr;
  }();
  return functions.get();
}

/// Where it is there.
inline const Cudnn& cudnn() { return *cudnn_if_there(); }

/// Throws Error with what cuDNN says of a call that failed.
inline void check(cudnnStatus_t result, std::string_view what) {
  if (result == CUDNN_STATUS_SUCCESS) return;
  char more[512] = "";
  cudnn().cudnnGetLastErrorString(more, sizeof more);
  fail("[gpu] cuDNN: ", what, ": ", cudnn().cudnnGetErrorString(result), *more ? ": " : "", more);
}

}  // namespace tanuki::gpu

#undef TANUKI_FUNCTION
