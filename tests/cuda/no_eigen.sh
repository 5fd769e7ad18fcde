#!/usr/bin/env bash
# tanuki/cuda.hpp reaches no header of Eigen, tanuki/tanuki.hpp none of CUDA, and none of the GPU backend.
# usage: no_eigen.sh COMPILER INCLUDE CUDA_INCLUDE
set -euo pipefail
reached() {  # UMBRELLA
  echo "#include <tanuki/$1>" | "$compiler" -std=c++20 -I "$include" -I /usr/include/eigen3 -isystem "$cuda" -M -x c++ - |
    tr -s ' \\' '\n'
}
compiler=$1 include=$2 cuda=$3
broken=0
of_cuda=$(reached cuda.hpp) of_cpu=$(reached tanuki.hpp)
grep -q "backend/cuda/backend.hpp" <<<"$of_cuda" || { echo "cuda.hpp does not reach the backend"; broken=1; }
if grep -E "Eigen/|backend/eigen" <<<"$of_cuda"; then echo "cuda.hpp reaches Eigen (see above)"; broken=1; fi
if grep -E "backend/cuda|cuda_runtime|nvrtc|cublas|cudnn_graph" <<<"$of_cpu"; then echo "tanuki.hpp reaches CUDA (see above)"; broken=1; fi
exit $broken
