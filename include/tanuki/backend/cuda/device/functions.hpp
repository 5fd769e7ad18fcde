#pragma once

// What the backend calls of CUDA's libraries, which are opened at the first call and not linked. Types are those of
// CUDA's headers, whose major versions the libraries must have. All throw NoDevice where a library cannot be opened.

#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <nvrtc.h>

#include <string_view>

#include "tanuki/backend/cuda/device/library.hpp"

// CUDA's headers give some functions another name by a macro (…_v2, …_ptsz): TANUKI_NAME is the one after that.
// TANUKI_OVERLOAD is for those that cuda_runtime.h, which nvcc includes by itself, has templates beside.
#define TANUKI_NAME(name) #name
#define TANUKI_FUNCTION(name) decltype(&::name) name = library.function(TANUKI_NAME(name));
#define TANUKI_OVERLOAD(name, ...) \
  decltype(static_cast<cudaError_t (*)(__VA_ARGS__)>(&::name)) name = library.function(TANUKI_NAME(name));

namespace tanuki::gpu {

/// The file of a library as Linux names it.
inline std::string library_file(const std::string& name, int major) {
  return "lib" + name + ".so." + std::to_string(major);
}

struct Runtime {
  Library library{"the CUDA runtime", library_file("cudart", CUDART_VERSION / 1000)};
  TANUKI_FUNCTION(cudaGetDeviceCount)
  TANUKI_FUNCTION(cudaGetLastError)
  TANUKI_FUNCTION(cudaGetErrorString)
  TANUKI_FUNCTION(cudaGetDevice)
  TANUKI_FUNCTION(cudaSetDevice)
  TANUKI_FUNCTION(cudaGetDeviceProperties)
  TANUKI_FUNCTION(cudaStreamCreateWithFlags)
  TANUKI_FUNCTION(cudaDeviceGetDefaultMemPool)
  TANUKI_FUNCTION(cudaMemPoolSetAttribute)
  TANUKI_FUNCTION(cudaStreamSynchronize)
  TANUKI_FUNCTION(cudaLibraryUnload)
  TANUKI_FUNCTION(cudaStreamDestroy)
  TANUKI_FUNCTION(cudaMemGetInfo)
  TANUKI_FUNCTION(cudaMemPoolGetAttribute)
  TANUKI_FUNCTION(cudaEventCreateWithFlags)
  TANUKI_FUNCTION(cudaEventDestroy)
  TANUKI_FUNCTION(cudaEventRecord)
  TANUKI_FUNCTION(cudaStreamWaitEvent)
  TANUKI_FUNCTION(cudaEventSynchronize)
  TANUKI_FUNCTION(cudaMemPoolTrimTo)
  TANUKI_OVERLOAD(cudaMallocAsync, void**, std::size_t, cudaStream_t)
  TANUKI_FUNCTION(cudaFreeAsync)
  TANUKI_OVERLOAD(cudaMallocHost, void**, std::size_t)
  TANUKI_FUNCTION(cudaFreeHost)
  TANUKI_FUNCTION(cudaMemcpyAsync)
  TANUKI_FUNCTION(cudaMemsetAsync)
  TANUKI_OVERLOAD(cudaLaunchKernel, const void*, dim3, dim3, void**, std::size_t, cudaStream_t)
  TANUKI_FUNCTION(cudaLibraryGetKernel)
  TANUKI_FUNCTION(cudaLibraryLoadData)
  TANUKI_FUNCTION(cudaStreamBeginCapture)
  TANUKI_FUNCTION(cudaStreamEndCapture)
#if CUDART_VERSION < 13000
  decltype(&::cudaStreamGetCaptureInfo_v3) cudaStreamGetCaptureInfo =
      library.function(TANUKI_NAME(cudaStreamGetCaptureInfo_v3));
#else
  TANUKI_FUNCTION(cudaStreamGetCaptureInfo)
#endif
  TANUKI_OVERLOAD(cudaGraphInstantiate, cudaGraphExec_t*, cudaGraph_t, unsigned long long)
  TANUKI_FUNCTION(cudaGraphExecKernelNodeSetParams)
  TANUKI_FUNCTION(cudaGraphLaunch)
  TANUKI_FUNCTION(cudaGraphExecDestroy)
  TANUKI_FUNCTION(cudaGraphDestroy)
};

struct BlasLt {
  Library library{"cuBLASLt", library_file("cublasLt", CUBLAS_VER_MAJOR)};
  TANUKI_FUNCTION(cublasLtCreate)
  TANUKI_FUNCTION(cublasLtDestroy)
  TANUKI_FUNCTION(cublasLtGetStatusString)
  TANUKI_FUNCTION(cublasLtMatmulDescCreate)
  TANUKI_FUNCTION(cublasLtMatrixLayoutDestroy)
  TANUKI_FUNCTION(cublasLtMatmulDescDestroy)
  TANUKI_FUNCTION(cublasLtMatmul)
  TANUKI_FUNCTION(cublasLtMatmulDescSetAttribute)
  TANUKI_FUNCTION(cublasLtMatrixLayoutCreate)
  TANUKI_FUNCTION(cublasLtMatmulPreferenceCreate)
  TANUKI_FUNCTION(cublasLtMatmulPreferenceSetAttribute)
  TANUKI_FUNCTION(cublasLtMatmulAlgoGetHeuristic)
  TANUKI_FUNCTION(cublasLtMatmulPreferenceDestroy)
};

struct Nvrtc {
  Library library{"NVRTC",
                  library_file("nvrtc", CUDART_VERSION / 1000)};  // its header does not say its own version
  TANUKI_FUNCTION(nvrtcGetErrorString)
  TANUKI_FUNCTION(nvrtcCreateProgram)
  TANUKI_FUNCTION(nvrtcDestroyProgram)
  TANUKI_FUNCTION(nvrtcCompileProgram)
  TANUKI_FUNCTION(nvrtcGetProgramLogSize)
  TANUKI_FUNCTION(nvrtcGetProgramLog)
  TANUKI_FUNCTION(nvrtcGetCUBINSize)
  TANUKI_FUNCTION(nvrtcGetCUBIN)
  TANUKI_FUNCTION(nvrtcVersion)
};

inline const Runtime& runtime() {
  static const Runtime functions;
  return functions;
}
inline const BlasLt& blas_lt() {
  static const BlasLt functions;
  return functions;
}
inline const Nvrtc& nvrtc() {
  static const Nvrtc functions;
  return functions;
}

/// Throws Error with what CUDA says of a call that failed.
inline void check(cudaError_t result, std::string_view what) {
  if (result == cudaSuccess) return;
  runtime().cudaGetLastError();  // it is said here, and not by the next launch
  fail("[gpu] ", what, ": ", runtime().cudaGetErrorString(result));
}

/// CUDA has a current GPU for each thread, number 0 at first: it is `number` then, in this thread.
inline void make_current(int number) {
  thread_local int current = -1;
  if (current == number) return;
  check(runtime().cudaSetDevice(number), "the current device");
  current = number;
}

}  // namespace tanuki::gpu

#undef TANUKI_OVERLOAD
#undef TANUKI_FUNCTION
#undef TANUKI_NAME
