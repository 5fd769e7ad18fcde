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

# Without the CUDA toolkit, or without a GPU, it says so in one sentence.
[[ -e /dev/nvidia0 ]] || expect 3 "cats_vs_dogs: --backend cuda: " "$program" --backend cuda --data "$work/pets" --weights "$work/some.safetensors"
expect 2 "give --checkpoint FILE" "$program" --checkpoint-every 5 --data "$work/pets" --weights "$work/some.safetensors"
expect 2 "--frobnicate" "$program" --frobnicate
expect 2 "no photos" "$program" --weights "$work/some.safetensors"
expect 2 "$work/none.safetensors" "$program" --data "$work/pets" --weights "$work/none.safetensors"
expect 1 "$work/nowhere" "$program" --data "$work/nowhere" --weights "$work/some.safetensors" --out "$work/out"
expect 1 "$work/some.safetensors" "$program" --data "$work/pets" --weights "$work/some.safetensors" --out "$work/out"
for rate in 0 -1 x inf nan; do
  expect 2 "'$rate' was given, expected a number above 0" "$program" --learning-rate="$rate"
done
for seed in -1 99999999999999999999999; do expect 2 "'$seed' was given" "$program" --seed="$seed"; done

# refused TEXT DATA OUT OPTIONS…: before anything is trained.
refused() {
  expect 1 "$1" "$program" --weights "$work/some.safetensors" --data "$2" --out "$3" "${@:4}"
}
touch "$work/file"
mkdir -p "$work/taken/model.safetensors"
refused "--out '$work/file'" "$work/pets" "$work/file"
refused "--out ''" "$work/pets" ""
refused "$work/taken/model.safetensors': it is a folder" "$work/pets" "$work/taken"

# Folders that are meant as train/ and validation/ are not taken for two classes, and both have the same classes.
for name in val Validation test; do
  mkdir "$work/named-$name"
  cp -r "$work/pets/train" "$work/named-$name/train"
  cp -r "$work/pets/validation" "$work/named-$name/$name"
  refused "'$work/named-$name' has a sub-folder" "$work/named-$name" "$work/out"
done
mkdir "$work/alone"
cp -r "$work/pets/train" "$work/alone/Train"
refused "'$work/alone' has a sub-folder 'Train': expected both train/ and validation/" "$work/alone" "$work/out"
cp -r "$work/pets" "$work/german"
mv "$work/german/validation/cats" "$work/german/validation/Katzen"
mv "$work/german/validation/dogs" "$work/german/validation/Hunde"
refused "'$work/german/validation' has the classes Hunde and Katzen, the training photos cats and dogs" "$work/german" "$work/out"
refused "the classes Hunde and Katzen" "$work/pets" "$work/out" --evaluate "$work/german/validation"

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
grep -q "1 photos could not be read" "$work/log"
for file in history.json model.safetensors augmented.png history.svg report.html; do [[ -s $work/first/$file ]]; done
tail -n 2 "$work/log" | grep -q "Written to $work/first: .*, report.html"
# Ten validation photos: eight of them, ten Grad-CAMs, and what is augmented; curves and the confusion matrix.
"$(dirname "$0")/look_at_page.sh" "$work/first/report.html" 19 2
grep -q ">10</dd>" "$work/first/report.html"
run "$work/second" --threads 2
cmp "$work/first/model.safetensors" "$work/second/model.safetensors"
cmp "$work/first/augmented.png" "$work/second/augmented.png"
# Killed on its way, wherever that is, and started again.
for seconds in 2 4 6; do
  (run "$work/killed" --checkpoint "$work/run.checkpoint" --checkpoint-every 1) >/dev/null 2>&1 &
  process=$!
  sleep "$seconds"
  pkill -KILL -P "$process" || true
  wait "$process" || true
done
run "$work/killed" --checkpoint "$work/run.checkpoint" --checkpoint-every 1
cmp "$work/first/model.safetensors" "$work/killed/model.safetensors"
expect 1 "begun with --seed 0, now it is 7: expected --seed 0" "$program" --data "$work/pets" --weights "$weights" \
  --out "$work/out" --checkpoint "$work/run.checkpoint" --seed 7
run "$work/rounded" --precision mixed_bfloat16 --micro-batch-size 3
! cmp -s "$work/first/model.safetensors" "$work/rounded/model.safetensors"
expect 0 "xception/block14_sepconv2/pointwise_kernel" "$bin/tanuki" summary "$work/first/model.safetensors"

# A class without one good photo, and a disk that is full when the weights are written.
cp -r "$work/pets" "$work/broken"
for photo in "$work"/broken/train/dogs/*; do echo "no photo" >"$photo"; done
short=(--weights "$weights" --image-size 75 --batch-size 8 --epochs 1 --fine-tune-epochs 0)
expect 1 "not one of the 10 images of class 'dogs' can be read" "$program" --data "$work/broken" --out "$work/out" "${short[@]}"
(trap '' XFSZ && ulimit -f 20000 &&
  expect 1 "the trained weights are lost, their history is in" "$program" --data "$work/pets" --out "$work/full" "${short[@]}")
[[ -s $work/full/history.json && ! -e $work/full/model.safetensors ]]

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
