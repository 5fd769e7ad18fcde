#!/usr/bin/env bash
# What is to be seen on a machine with a GPU: versions, that everything builds, the ops and Xception against the CPU, memory
# errors. Writes one report, which says the card, the date and the commit.
# usage: scripts/gpu_check.sh [REPORT]
source "$(dirname "$0")/common.sh"

report=${1:-out/gpu_check.txt}
build=build-gpu
mkdir -p "$(dirname "$report")"
command -v nvidia-smi >/dev/null || { echo "gpu_check: there is no nvidia-smi: no GPU, or no driver"; exit 3; }
card=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)

part() { printf '\n== %s\n' "$*"; }
check() {
  part "ran-on-gpu($card, $(date -u +%F), $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ", changed"))"
  nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv
  nvcc --version | tail -n 2
  part "build"
  cmake -S . -B "$build" -G Ninja -DTANUKI_WERROR=ON
  cmake --build "$build" --target cuda_consumer cuda_on_gpu tests_cuda_toolkit
  part "a user's program"
  "$build/bin/cuda_consumer"
  part "kernels, ops and Xception against the CPU"
  TANUKI_REQUIRE_GPU=1 ctest --test-dir "$build" -R '^cuda/(toolkit|on_gpu|consumer)' --output-on-failure
  part "memory errors, races and missing barriers"
  if command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck synccheck initcheck; do
      compute-sanitizer --tool "$tool" --error-exitcode 1 "$build/bin/cuda_on_gpu" --filenames-as-tags \
        "[#test_elementwise],[#test_losses],[#test_more_ops],[#test_rows],[#test_images]" | tail -n 3
    done
  else
    echo "SKIP: there is no compute-sanitizer"
  fi
}

check 2>&1 | tee "$report"
