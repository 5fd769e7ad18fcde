#!/usr/bin/env bash
# Builds and runs the benchmarks: Xception in its three modes, then every micro-benchmark.
# usage: scripts/bench.sh [options for bench_xception…]
source "$(dirname "$0")/common.sh"

scripts/setup.sh
build all
for mode in infer head full; do
  echo "== bench_xception --mode $mode"
  build/bin/bench_xception --mode $mode --batch 32 --size 150 "$@"
done
for program in build/bin/bench_*; do
  [[ $program == */bench_xception ]] && continue
  echo "== ${program##*/}"
  "$program"
done
