// CUDA's libraries as they are opened at run time: each has what its header promises.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/device/functions.hpp"

namespace tanuki::test_functions {

TEST_CASE("CUDA's libraries are opened and have all that is called") {
  CHECK(std::string(gpu::runtime().cudaGetErrorString(cudaSuccess)) == "no error");
  CHECK(!std::string(gpu::blas_lt().cublasLtGetStatusString(CUBLAS_STATUS_SUCCESS)).empty());
  int major = 0, minor = 0;
  CHECK(gpu::nvrtc().nvrtcVersion(&major, &minor) == NVRTC_SUCCESS);
  CHECK(major == CUDART_VERSION / 1000);
}

}  // namespace tanuki::test_functions
