#!/usr/bin/env bash
# The benchmark of Xception, where it was built: on the CPU, and without a GPU or the CUDA toolkit one sentence.
source "$(dirname "$0")/common.sh"
program=$bin/bench_xception
[[ -x $program ]] || { echo "SKIP: bench_xception was not built"; exit 0; }
expect 2 "--layers: " "$program" --backend cuda --layers
[[ -e /dev/nvidia0 ]] || expect 3 "bench_xception: --backend cuda: " "$program" --backend cuda
expect 0 "images/s" "$program" --mode infer --batch 1 --size 71 --reps 1
