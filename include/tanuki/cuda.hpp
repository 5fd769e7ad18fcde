#pragma once

// The library on a GPU: layers, models and tensors of the backend `Cuda`, `Dense<Cuda>({.units = 1})`. Needs CUDA's
// headers to compile; an NVIDIA GPU with its driver, the CUDA runtime, NVRTC and cuBLASLt to run: without these the first
// use throws NoDevice. tanuki/tanuki.hpp may be included too.

#include "tanuki/any_backend.hpp"
#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/cuda/device/cuda_device.hpp"

#ifdef TANUKI_PRECOMPILED_CUDA  // then tanuki::precompiled_cuda has them: docs/architecture.md, "Compiling once"
#define TANUKI_TEMPLATE extern template
#define TANUKI_BACKEND Cuda
#include "tanuki/precompiled/layers.inc"
#include "tanuki/precompiled/models.inc"
#include "tanuki/precompiled/training.inc"
#undef TANUKI_BACKEND
#undef TANUKI_TEMPLATE
#endif
