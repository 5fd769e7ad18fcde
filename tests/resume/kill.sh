#!/usr/bin/env bash
# Kills a training with -9 at random moments, starts it again with another number of threads, and compares what it
# writes in the end with what a training wrote that was never killed.
# usage: kill.sh TRAIN KILLS [SEED]
set -euo pipefail
train=$(realpath "$1") kills=$2 RANDOM=${3:-$$}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

begin=$(date +%s%N)
"$train" "" 0 whole
whole=$((($(date +%s%N) - begin) / 1000000))
[[ $whole -ge 20 ]] || whole=20

killed=0 rounds=0
while [[ $killed -lt $kills ]]; do
  rm -f run.checkpoint stopped.*
  rounds=$((rounds + 1))
  save_freq=$((RANDOM % 6))
  for ((starts = 1; ; ++starts)); do
    [[ $starts -lt 1000 ]] || { echo "1000 starts, and no end"; exit 1; }
    TANUKI_NUM_THREADS=$((RANDOM % 3 + 1)) "$train" run.checkpoint "$save_freq" stopped &
    process=$!
    # Some starts are let run, so that every round ends.
    if [[ $killed -lt $kills && $((starts % 8)) -ne 0 ]]; then
      sleep "$(printf '%d.%03d' $((RANDOM % whole / 1000)) $((RANDOM % (whole < 1000 ? whole : 1000))))"
      if kill -9 "$process" 2>/dev/null; then killed=$((killed + 1)); fi
    fi
    status=0
    { wait "$process" || status=$?; } 2>/dev/null
    [[ $status -ne 0 ]] || break
    [[ $status -eq 137 ]] || { echo "the training ended with $status"; exit 1; }
  done
  cmp whole.json stopped.json
  cmp whole.safetensors stopped.safetensors
  left=$(find . -name '*.tmp' | wc -l)
  [[ $left -le 1 ]] || { echo "$left temporary files are left"; exit 1; }
done
echo "$killed kills in $rounds trainings of $whole ms: the same weights and history, to the bit"
