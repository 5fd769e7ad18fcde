#pragma once

// Work on the backend that the command line names. To be included before any other header of tanuki: plans are made of what
// is there.

#ifdef TANUKI_WITH_CUDA
#include <tanuki/cuda.hpp>
#endif
#include <string>
#include <tanuki/tanuki.hpp>

namespace tool {

/// Calls work.operator()<B>(), B being `cpu` or `cuda`. Throws NoDevice where there is no GPU.
template <class Work>
void on_backend(const std::string& name, Work work) {
  if (name != "cuda") {
    tanuki::default_context<
        tanuki::Cpu>();  // before anything is read: what the environment says may be wrong
    return work.template operator()<tanuki::Cpu>();
  }
#ifdef TANUKI_WITH_CUDA
  tanuki::default_context<tanuki::Cuda>();
  work.template operator()<tanuki::Cuda>();
#else
  throw tanuki::NoDevice("this program was built without the CUDA toolkit");
#endif
}

}  // namespace tool
