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
exec "$@"
