#!/usr/bin/env bash
# Builds and runs the benchmarks: Xception in its three modes, then every micro-benchmark. With --peers instead
# TensorFlow, PyTorch and ONNX Runtime beside tanuki, in turn, as one table (some 7 GB of Python packages in the cache).
# usage: scripts/bench.sh [options for bench_xception…]
#        scripts/bench.sh --peers [options for benchmarks/peers/peers.py…]
source "$(dirname "$0")/common.sh"

if [[ ${1:-} == --peers ]]; then
  shift
  scripts/setup.sh python3-venv
  build bench_xception_program
  python=$cache/peers/bin/python
  if [[ ! -x $python ]] || ! "$python" -c "import keras, tensorflow, torch, timm, onnxruntime" 2>/dev/null; then
    say "Installing the peers into $cache/peers"
    python3 -m venv "$cache/peers"
    "$python" -m pip install --quiet --requirement benchmarks/peers/requirements.txt >&2
  fi
  exec "$python" benchmarks/peers/peers.py "$@"
fi

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
