#!/usr/bin/env bash
# Kills trainings with -9 at random moments, starts them again with another number of threads, and compares what they
# write in the end with what they wrote when they were never killed. The kills are shared out over the trainings of TRAIN.
# usage: kill.sh TRAIN KILLS [SEED]    SEED: of the moments, as a failed run has printed it
set -euo pipefail
train=$(realpath "$1") kills=$2 seed=${3:-$$}
trainings=(tensors photos repeat)
echo "seed $seed"
RANDOM=$seed
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

stop() {
  echo "$training, seed $seed: $*"
  exit 1
}

go_through() {  # TRAINING KILLS
  local training=$1 kills=$2 begin whole killed=0 rounds=0 save_freq starts process status left
  "$train" "$training" "" 0 whole  # draws the pictures
  rm -f ./*.kept
  begin=$(date +%s%N)
  "$train" "$training" "" 0 whole
  whole=$((($(date +%s%N) - begin) / 1000000))
  [[ $whole -ge 20 ]] || whole=20
  while [[ $killed -lt $kills ]]; do
    rm -f stopped.*
    rounds=$((rounds + 1))
    save_freq=$((RANDOM % 6))
    for ((starts = 1; ; ++starts)); do
      [[ $starts -lt 1000 ]] || stop "1000 starts, and no end"
      TANUKI_NUM_THREADS=$((RANDOM % 3 + 1)) "$train" "$training" stopped.checkpoint "$save_freq" stopped &
      process=$!
      # Some starts are let run, so that every round ends.
      if [[ $killed -lt $kills && $((starts % 8)) -ne 0 ]]; then
        sleep "$(printf '%d.%03d' $((RANDOM % whole / 1000)) $((RANDOM % (whole < 1000 ? whole : 1000))))"
        kill -9 "$process" 2>/dev/null || true
      fi
      status=0
      { wait "$process" || status=$?; } 2>/dev/null
      [[ $status -ne 0 ]] || break
      [[ $status -eq 137 ]] || stop "it ended with $status"
      killed=$((killed + 1))
    done
    cmp whole.json stopped.json || stop "another history"
    cmp whole.safetensors stopped.safetensors || stop "other weights"
    left=$(find . -name '*.tmp' | wc -l)
    [[ $left -le 1 ]] || stop "$left temporary files are left"
  done
  echo "$training: $killed kills in $rounds trainings of $whole ms: the same weights and history, to the bit"
}

for ((i = 0; i < ${#trainings[@]}; ++i)); do
  share=$(((kills + ${#trainings[@]} - 1 - i) / ${#trainings[@]}))
  go_through "${trainings[i]}" "$share"
done
