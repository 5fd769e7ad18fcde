#!/usr/bin/env bash
# The flagship on a few drawn pets at 75 pixels: both phases, the files that it writes, the same numbers for the same
# seed, and what it refuses.
source "$(dirname "$0")/common.sh"
program=$bin/cats_vs_dogs
weights=${TANUKI_XCEPTION_WEIGHTS:-${TANUKI_CACHE:-$HOME/.cache/tanuki}/xception_notop.safetensors}
unset TANUKI_CATS_VS_DOGS

"$bin/draw_pets" "$work/pets" --count 10 >/dev/null
[[ $(find "$work/pets/train" -type f | wc -l) -eq 20 && $(find "$work/pets/validation" -type f | wc -l) -eq 10 ]]
touch "$work/some.safetensors"

expect 3 "no GPU backend" "$program" --backend cuda --data "$work/pets" --weights "$work/some.safetensors"
expect 2 "only float32" "$program" --precision mixed_bfloat16 --data "$work/pets" --weights "$work/some.safetensors"
expect 2 "resuming is not there yet" "$program" --checkpoint x --data "$work/pets" --weights "$work/some.safetensors"
expect 2 "--frobnicate" "$program" --frobnicate
expect 2 "no photos" "$program" --weights "$work/some.safetensors"
expect 2 "$work/none.safetensors" "$program" --data "$work/pets" --weights "$work/none.safetensors"
expect 1 "$work/nowhere" "$program" --data "$work/nowhere" --weights "$work/some.safetensors" --out "$work/out"
expect 1 "$work/some.safetensors" "$program" --data "$work/pets" --weights "$work/some.safetensors" --out "$work/out"

if [[ ! -f $weights ]]; then
  echo "SKIP: no ImageNet weights (scripts/fetch_weights.sh)"
  exit 0
fi
echo "no photo" >"$work/pets/train/cats/bad.jpg"
run() {  # OUT OPTIONS…
  local out=$1
  shift
  "$program" --data "$work/pets" --weights "$weights" --image-size 75 --batch-size 8 --epochs 2 --fine-tune-epochs 1 \
    --evaluate "$work/pets" --out "$out" "$@" >"$work/log" 2>&1 || { cat "$work/log" && exit 1; }
}
run "$work/first" --threads 1
grep -q "Trainable params: 2,049" "$work/log"
grep -q "Trainable params: 20,809,001" "$work/log"
[[ $(grep -c "bad.jpg" "$work/log") -eq 1 ]]
for file in history.json model.safetensors augmented.png history.svg; do [[ -s $work/first/$file ]]; done
run "$work/second" --threads 2
cmp "$work/first/model.safetensors" "$work/second/model.safetensors"
cmp "$work/first/augmented.png" "$work/second/augmented.png"
expect 0 "xception/block14_sepconv2/pointwise_kernel" "$bin/tanuki" summary "$work/first/model.safetensors"

python=$(command -v python3 || true)
if [[ -n $python ]]; then
  "$python" - "$work/first/history.json" "$work/pets" <<'PY'
import json, math, sys
history = json.load(open(sys.argv[1]))
for phase, epochs in (("train", 2), ("fine_tune", 1)):
    for key in ("loss", "binary_accuracy", "val_loss", "val_binary_accuracy", "seconds"):
        values = history[phase][key]
        assert len(values) == epochs and all(math.isfinite(v) for v in values), (phase, key, values)
result = history["evaluate"][sys.argv[2]]
assert result["images"] == 10, result
assert abs(result["binary_accuracy"] - history["fine_tune"]["val_binary_accuracy"][-1]) < 1e-12, result
PY
fi
