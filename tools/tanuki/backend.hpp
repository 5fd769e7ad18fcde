#pragma once

// Work on the backend that the command line names.

#include <string>

#include "tanuki/fit.hpp"
#include "tanuki/predict.hpp"

namespace tanuki {
struct Cuda;
}

namespace tool {

#ifdef TANUKI_WITH_CUDA
extern template void predict<tanuki::Cuda>(const PredictSettings&);  // in cuda.cpp
extern template void fit<tanuki::Cuda>(const FitSettings&);
#endif

/// Calls work.operator()<B>(), B being `cpu` or `cuda`. Throws NoDevice where this program has no GPU backend.
template <class Work>
void on_backend(const std::string& name, Work work) {
  if (name != "cuda") return work.template operator()<tanuki::Cpu>();
#ifdef TANUKI_WITH_CUDA
  work.template operator()<tanuki::Cuda>();
#else
  throw tanuki::NoDevice("this program was built without the CUDA toolkit");
#endif
}

}  // namespace tool
