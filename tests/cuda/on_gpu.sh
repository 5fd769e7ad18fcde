#!/usr/bin/env bash
# Runs a test program on the GPU, or says SKIP where there is none. TANUKI_REQUIRE_GPU=1 makes that a failure.
# usage: on_gpu.sh CONSUMER PROGRAM [ARGUMENTS], where CONSUMER ends with 3 without a GPU
set -euo pipefail
consumer=$1
shift
status=0
said=$("$consumer" 2>&1) || status=$?
if [[ $status == 3 ]]; then
  echo "SKIP: $said"
  [[ ${TANUKI_REQUIRE_GPU:-0} == 1 ]] && exit 1
  exit 77
fi
# GPUs before compute capability 8 do not round to TF32.
capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 || true)
if [[ $capability =~ ^[0-7]\. ]]; then
  echo "Without the tests of TF32: the GPU's compute capability is $capability"
  set -- "$@" '~[tf32]'
fi
exec "$@"
