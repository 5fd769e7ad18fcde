#!/usr/bin/env bash
# What is to be seen on a machine with a GPU: versions, that everything builds, the ops and Xception against the CPU, the
# card's ceilings and each op's share of them, Xception beside PyTorch where python3 has it with timm, memory errors. Writes
# one report in Markdown, which says the card, the date and the commit. What fails is said there, the rest is done all the
# same, and the status is then 1.
# It builds with build/carried where scripts/carry.sh made that, on this machine or on one that has a network, else with what
# apt has or had.
# usage: scripts/gpu_check.sh [--quick] [REPORT]     --quick: without compute-sanitizer and torch.compile
source "$(dirname "$0")/common.sh"

quick=
if [[ ${1:-} == --quick ]]; then quick=1 && shift; fi
report=${1:-out/gpu_check.md}
build=build-gpu
mkdir -p "$(dirname "$report")"
command -v nvidia-smi >/dev/null || { echo "gpu_check: there is no nvidia-smi: no GPU, or no driver"; exit 3; }
card=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)
failures=0
configure=(-G "$(command -v ninja >/dev/null && echo Ninja || echo "Unix Makefiles")" -DTANUKI_WERROR=ON)
carried=$PWD/build/carried/usr
if [[ -d $carried ]]; then
  libraries=$(dirname "$(find "$carried" -name libhdf5_serial.so)")
  configure+=("-DCMAKE_PREFIX_PATH=$carried"
    "-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags,-rpath,$libraries,-rpath-link,$libraries")
else
  scripts/setup.sh || say "going on with what is installed; scripts/carry.sh makes what another machine needs"
fi

part() { printf '\n## %s\n' "$*"; }

# report_failure STATUS COMMAND…
report_failure() {
  printf '\nFAILED with %s\n' "$*"
  failures=$((failures + 1))
}

# tables COMMAND…: its output is Markdown.
tables() { "$@" || report_failure $? "$*"; }

# shown LINES COMMAND…: the last so many lines of its output.
shown() {
  local lines=$1 status
  shift
  printf '```\n'
  "$@" 2>&1 | tail -n "$lines"
  status=${PIPESTATUS[0]}
  printf '```\n'
  [[ $status == 0 ]] || report_failure "$status" "$*"
}

# tanuki_lines: Xception's steps as lines of the table that PyTorch's go on.
tanuki_lines() {
  local mode precision options output
  for mode in infer head full; do
    for precision in float32 TF32 bfloat16 "bfloat16, no graphs"; do
      case $precision in
        float32) options=() ;;
        TF32) options=(--tf32) ;;
        bfloat16) options=(--precision mixed_bfloat16) ;;
        *) options=(--precision mixed_bfloat16 --no-graphs) ;;
      esac
      output=$("$build/bin/bench_xception" --backend cuda --mode $mode --batch 32 --size 150 --reps 20 --json "${options[@]}") ||
        return
      sed -nE "s/^\{\"images_per_second\": ([0-9.e+]+), \"ms\": ([0-9.e+]+),.*/| $mode | tanuki | $precision | \2 | \1 |/p" <<<"$output"
    done
  done
}

sanitize() {
  local tool
  for tool in memcheck racecheck synccheck initcheck; do
    compute-sanitizer --tool "$tool" --error-exitcode 1 "$build/bin/cuda_on_gpu" --filenames-as-tags \
      "[#test_elementwise],[#test_losses],[#test_more_ops],[#test_rows],[#test_images]" | tail -n 3 || return
  done
}

check() {
  printf '# ran-on-gpu(%s, %s, %s)\n' "$card" "$(date -u +%F)" "$(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ", changed")"
  shown 5 nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv
  shown 2 nvcc --version
  part "Build"
  shown 3 cmake -S . -B "$build" "${configure[@]}"
  shown 3 cmake --build "$build" --parallel --target cuda_consumer cuda_on_gpu tests_cuda_toolkit bench_cuda_program bench_xception_program
  part "A user's program"
  shown 20 "$build/bin/cuda_consumer"
  part "Kernels, ops and Xception against the CPU"
  shown 200 env TANUKI_REQUIRE_GPU=1 ctest --test-dir "$build" -R '^cuda/(toolkit|on_gpu|consumer)' --output-on-failure
  part "Ceilings, and the ops against them"
  tables "$build/bin/bench_cuda"
  part "Xception without top, batch 32, 150 px"
  printf '| step | by | precision | ms | images/s |\n| --- | --- | --- | --- | --- |\n'
  tables tanuki_lines
  if python3 -c "import torch, timm" 2>/dev/null; then
    tables python3 benchmarks/peers/pytorch_gpu.py ${quick:+--no-compile}
  else
    printf '\nSKIP: python3 has no PyTorch with timm\n'
  fi
  if [[ -z $quick ]]; then
    part "Memory errors, races and missing barriers"
    if command -v compute-sanitizer >/dev/null; then
      shown 20 sanitize
    else
      echo "SKIP: there is no compute-sanitizer"
    fi
  fi
  [[ $failures == 0 ]] || part "$failures parts failed"
  return $((failures > 0))
}

set +e  # a part that fails is counted
check 2>&1 | tee "$report"
exit "${PIPESTATUS[0]}"
