#pragma once

// The library on a GPU: layers, models and tensors of the backend `Cuda`, `Dense<Cuda>({.units = 1})`. Needs CUDA's
// headers to compile; an NVIDIA GPU with its driver, the CUDA runtime, NVRTC and cuBLASLt to run: without these the first
// use throws NoDevice. tanuki/tanuki.hpp may be included too.

#include "tanuki/any_backend.hpp"
#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/cuda/device/cuda_device.hpp"
