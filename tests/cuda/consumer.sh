#!/usr/bin/env bash
# Runs a user's program with tanuki/cuda.hpp: on a GPU it prints a number, without one it says so and ends with 3. CUDA's
# libraries are opened by it, not linked: it starts where there are none.
# usage: consumer.sh PROGRAM | consumer.sh NVCC SOURCE PROGRAM INCLUDE LIBRARIES, which compiles it first
set -euo pipefail
program=$1
if [[ $# -gt 1 ]]; then
  [[ -x $1 ]] || { echo "SKIP: there is no nvcc"; exit 77; }
  program=$3
  "$1" -x cu -std=c++20 -O1 -Werror all-warnings -Xcompiler -Wall,-Wextra,-Werror -I "$4" "$2" -o "$program" \
    "-DTANUKI_CUDA_LIBRARY_DIR=\"$5\"" -lpthread -ldl
fi
if needed=$(ldd "$program" | grep -E "cuda|libcudnn|cublas|nvrtc"); then
  echo "it is linked with $needed"
  exit 1
fi
status=0
said=$("$program" 2>&1) || status=$?
echo "$said"
if [[ $status == 3 ]]; then
  [[ $(wc -l <<<"$said") == 1 && $said == "consumer: no GPU can be used: "* ]]
else
  [[ $status == 0 && $said =~ -?[0-9.]+(e-?[0-9]+)?$ ]]
fi
