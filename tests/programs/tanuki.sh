#!/usr/bin/env bash
# The command-line tool: converting every kind of Keras file, and refusing what is none; predicting and training.
source "$(dirname "$0")/common.sh"
tanuki=$bin/tanuki

for file in functional.keras functional.weights.h5 functional.h5 functional_published.h5 sequential.keras; do
  expect 0 "parameters" "$tanuki" convert "$goldens/keras/$file" "$work/$file.safetensors" --quiet
  expect 0 "kernel" "$tanuki" summary "$work/$file.safetensors"
done
expect 0 "depthwise_kernel" "$tanuki" convert "$goldens/keras/functional.keras" "$work/again.safetensors"
cmp "$work/again.safetensors" "$work/functional.keras.safetensors"

head -c 20000 "$goldens/keras/functional.keras" >"$work/cut.keras"
head -c 20000 "$goldens/keras/functional.h5" >"$work/cut.h5"
echo "no weights" >"$work/text.h5"
for file in cut.keras cut.h5 text.h5 missing.h5; do
  expect 1 "$file" "$tanuki" convert "$work/$file" "$work/bad.safetensors"
  [[ ! -e $work/bad.safetensors ]]
done
expect 1 "functional_npz" "$tanuki" convert "$goldens/keras/functional_npz.keras" "$work/bad.safetensors"
expect 2 "there is no command 'frobnicate'" "$tanuki" frobnicate
expect 0 "convert" "$tanuki" --help

# Nothing is written over what is no weights' file: the source itself, another format's name, a device.
cp "$goldens/keras/functional.keras" "$work/model.keras"
expect 1 "model.keras" "$tanuki" convert "$work/model.keras" "$work/model.keras"
for name in out.h5 out.foo out; do
  expect 1 "$name': expected a name that ends in .safetensors, or in .keras" "$tanuki" convert "$work/model.keras" "$work/$name"
  [[ ! -e $work/$name ]]
done
mkfifo "$work/pipe.safetensors"
expect 1 "no regular file" "$tanuki" convert "$work/model.keras" "$work/pipe.safetensors"
cmp "$work/model.keras" "$goldens/keras/functional.keras"
[[ -p $work/pipe.safetensors ]]

# A file that grows too large says which one it was, and leaves nothing.
mkdir "$work/small"
(ulimit -f 1 && expect 1 "cannot write '$work/small/out.safetensors'" "$tanuki" convert --quiet "$work/model.keras" "$work/small/out.safetensors")
[[ -z $(ls -A "$work/small") ]]

# npy FILE "EXTENTS" COUNT [True]: a .npy file of ones, or of Fortran's order.
npy() {
  local header="{'descr': '<f4', 'fortran_order': ${4:-False}, 'shape': ($2), }"
  printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$header" >"$1"
  for ((i = 0; i < $3; ++i)); do printf '\x00\x00\x80\x3f'; done >>"$1"
}
npy "$work/x.npy" "6, 4, 5, 2" 240
npy "$work/y.npy" "6, 2" 12
begun=$goldens/models/optimizer_adam_begun.keras

expect 0 "" "$tanuki" predict "$begun" "$work/x.npy" "$work/out.npy"
grep -aqF "(6, 2)" "$work/out.npy"
expect 1 "wrong.npy" "$tanuki" predict "$begun" "$work/wrong.npy" "$work/out.npy"
expect 1 "y.npy' is (6, 2), expected (N, 4, 5, 2)" "$tanuki" predict "$begun" "$work/y.npy" "$work/out.npy"
npy "$work/one.npy" "4, 5, 2" 40
expect 1 "one.npy' is (4, 5, 2), a single example; expected a batch (N, 4, 5, 2), of one example (1, 4, 5, 2)" \
  "$tanuki" predict "$begun" "$work/one.npy" "$work/out.npy"
npy "$work/fortran.npy" "6, 4, 5, 2" 240 True
expect 1 "fortran.npy': it is in Fortran's order" "$tanuki" predict "$begun" "$work/fortran.npy" "$work/out.npy"
expect 2 "--json is for images" "$tanuki" predict "$begun" "$work/x.npy" "$work/out.npy" --json
cp "$work/x.npy" "$work/same.npy"
expect 1 "expected another name" "$tanuki" predict "$begun" "$work/same.npy" "$work/same.npy"
expect 1 "expected another name" "$tanuki" predict "$begun" "$work/same.npy" "$work/./same.npy"
cmp "$work/x.npy" "$work/same.npy"
several=$goldens/models/any_sizes_of_several_inputs.keras  # whose sizes are those of the files
npy "$work/image.npy" "2, 7, 5, 1" 70
npy "$work/other.npy" "2, 7, 5, 3" 210
npy "$work/sequence.npy" "2, 3, 4" 24
expect 0 "" "$tanuki" predict "$several" "$work/image.npy" "$work/other.npy" "$work/sequence.npy" "$work/several.npy"
expect 1 "expected 3 IN.npy" "$tanuki" predict "$several" "$work/image.npy" "$work/several.npy"
expect 1 "other.npy' is (2, 7, 5, 3), expected (N, any, any, 1) for the input 'input_layer'" \
  "$tanuki" predict "$several" "$work/other.npy" "$work/image.npy" "$work/sequence.npy" "$work/several.npy"
for files in 1 3; do
  mapfile -t given < <(yes "$work/x.npy" | head -n "$files")
  expect 1 "has 1 input and 1 output: $files file" "$tanuki" predict "$begun" "${given[@]}"
done
expect 1 "expected one of each" "$tanuki" predict "$several" "$work/photo.jpg"

# A model as Keras' format of today, again and again the same.
expect 0 "conv2d" "$tanuki" convert "$begun" "$work/again.keras"
expect 1 "another name" "$tanuki" convert "$work/again.keras" "$work/again.keras"
expect 0 "" "$tanuki" predict "$work/again.keras" "$work/x.npy" "$work/again.npy"
cmp "$work/out.npy" "$work/again.npy"

# Two epochs, and then two, are four: the optimizer's state is in the file.
fit() {
  local from=$1 to=$2
  shift 2
  expect 0 "" "$tanuki" fit "$from" "$work/x.npy" "$work/y.npy" "$to" --no-shuffle --batch-size 4 "$@"
}
fit "$begun" "$work/two.keras" --epochs 2 --json
grep -q '^{"loss":\[0' "$work/printed"
fit "$work/two.keras" "$work/four.keras" --epochs 2
fit "$begun" "$work/whole.keras" --epochs 4
for name in four whole; do
  expect 0 "" "$tanuki" predict "$work/$name.keras" "$work/x.npy" "$work/$name.npy"
done
cmp "$work/four.npy" "$work/whole.npy"
! cmp -s "$work/out.npy" "$work/four.npy"
fit "$begun" "$work/other.keras" --epochs 2 --loss mae --optimizer sgd --learning-rate 0.1 --validation-split 0.5 --json
grep -q '"val_loss":\[' "$work/printed"
expect 1 "no loss 'mine'" "$tanuki" fit "$begun" "$work/x.npy" "$work/y.npy" "$work/bad.keras" --loss mine
npy "$work/glu.npy" "6, 3, 4" 72
expect 1 "--loss and --optimizer" "$tanuki" fit "$goldens/models/activation_glu.keras" "$work/glu.npy" "$work/y.npy" "$work/bad.keras"
expect 1 "none/out.keras" "$tanuki" fit "$begun" "$work/x.npy" "$work/y.npy" "$work/none/out.keras" --epochs 100000000
printf 'no model at all' >"$work/text.keras"
expect 1 "neither a .keras file" "$tanuki" predict "$work/text.keras" "$work/x.npy" "$work/out.npy"
expect 1 "none of .keras" "$tanuki" summary "$work/text.keras"
npy "$work/number.npy" "" 1
expect 1 "a single number" "$tanuki" fit "$begun" "$work/number.npy" "$work/y.npy" "$work/bad.keras"
npy "$work/labels.npy" "6," 6
npy "$work/five.npy" "5, 2" 10
expect 1 "x.npy' (6, 4, 5, 2) and '$work/labels.npy' (6,): [fit] epoch 1" "$tanuki" fit "$begun" "$work/x.npy" "$work/labels.npy" "$work/bad.keras"
expect 1 "x.npy' (6, 4, 5, 2) and '$work/five.npy' (5, 2) are not equally many" "$tanuki" fit "$begun" "$work/x.npy" "$work/five.npy" "$work/bad.keras"
expect 1 "y.npy' is (6, 2), expected (N, 4, 5, 2)" "$tanuki" fit "$begun" "$work/y.npy" "$work/x.npy" "$work/bad.keras"
for part in 1 -0.1 nan; do
  expect 2 "'$part' was given, expected a number from 0 to below 1" "$tanuki" fit "$begun" "$work/x.npy" "$work/y.npy" "$work/bad.keras" --validation-split="$part"
done
expect 1 "has 3 inputs and 1 output" "$tanuki" fit "$several" "$work/x.npy" "$work/y.npy" "$work/bad.keras" --loss mse --optimizer sgd
expect 1 "bad.h5" "$tanuki" fit "$begun" "$work/x.npy" "$work/y.npy" "$work/bad.h5"
[[ ! -e $work/bad.keras && ! -e $work/bad.h5 ]]

# Sizes of images, in one word; of .npy files they are known.
expect 2 "'0,12,3': expected whole numbers" "$tanuki" predict "$begun" "$work/x.jpg" --input-shape 0,12,3
expect 2 "'12,': expected whole numbers" "$tanuki" predict "$begun" "$work/x.jpg" --input-shape 12,
expect 2 "is for images" "$tanuki" predict "$begun" --input-shape 12,12,3 "$work/x.npy" "$work/out.npy"
expect 1 "is no image" "$tanuki" predict "$begun" "$work/x.jpg" "$work/out.npy"
expect 1 "tanuki: cannot " "$tanuki" predict "$begun" "$work/x.npy" "$work/none/out.npy"

# Photos: what cannot be read is named, the others' outputs are printed; pixels that no layer scales are said once.
"$bin/draw_pets" "$work/pets" --count 2 >/dev/null
photos=("$work/pets/train/cats/"*)
echo "no photo" >"$work/bad.jpg"
any=$goldens/models/any_image_size.keras
expect 1 "expected its sizes: --input-shape 150,150,3" "$tanuki" predict "$any" "${photos[0]}"
expect 0 "${photos[1]}: " "$tanuki" predict "$any" "${photos[0]}" "${photos[1]}" --input-shape 30,30,3
[[ $(grep -c "^Warning: pixels of .* reach 'conv2d' unscaled" "$work/printed") -eq 1 ]]
expect 0 "${photos[0]}: " "$tanuki" predict "$goldens/models/rescaling.keras" "${photos[0]}"
! grep -q "Warning" "$work/printed"
expect 1 "1 of 3 images could not be read" "$tanuki" predict "$any" "${photos[0]}" "$work/bad.jpg" "${photos[1]}" --input-shape 30,30,3 --json
grep -q "^tanuki: .*bad.jpg" "$work/printed"
grep -q "^\[{\"image\":\"${photos[0]}\".*},{\"image\":\"${photos[1]}\".*}\]$" "$work/printed"

# Where nobody reads on, it ends without a word, as others do.
if [[ -z $(trap -p PIPE) ]]; then
  exec 7> >(true)
  wait $!
  status=0
  "$tanuki" summary "$begun" >&7 2>"$work/printed" || status=$?
  exec 7>&-
  [[ $status -eq 141 && ! -s $work/printed ]]
fi

# What cannot be printed is said, and a work ends with the program that began it.
if [[ -e /dev/full ]]; then
  ! "$tanuki" summary "$begun" >/dev/full 2>"$work/printed"
  grep -q "cannot write to standard output" "$work/printed"
fi
if [[ -e /proc/$$/task/$$/children ]]; then
  "$tanuki" fit "$begun" "$work/x.npy" "$work/y.npy" "$work/never.keras" --epochs 100000000 >/dev/null 2>&1 &
  program=$!
  child=""
  while [[ -z $child ]]; do
    sleep 0.05
    read -r child _ <"/proc/$program/task/$program/children" || true  # no line's end in it
  done
  kill "$program"
  wait "$program" || true
  for ((i = 0; i < 100; ++i)); do
    kill -0 "$child" 2>/dev/null || break
    sleep 0.1
  done
  ! kill -0 "$child" 2>/dev/null
fi

# Without the CUDA toolkit, or without a GPU, one sentence, and nothing is read or written.
expect 0 "" "$tanuki" predict "$begun" "$work/x.npy" "$work/again.npy" --backend cpu
cmp "$work/out.npy" "$work/again.npy"
expect 2 "--backend: gpu not in {cpu,cuda}" "$tanuki" predict "$begun" "$work/x.npy" "$work/out.npy" --backend gpu
expect 2 "--backend" "$tanuki" summary "$begun" --backend cuda
if [[ ! -e /dev/nvidia0 ]]; then
  for command in "predict $begun $work/x.npy $work/none.npy" "predict $work/no.keras $work/x.jpg" "fit $begun $work/x.npy $work/y.npy $work/bad.keras"; do
    # shellcheck disable=SC2086
    expect 3 "tanuki: --backend cuda: " "$tanuki" $command --backend cuda
    [[ $(wc -l <"$work/printed") -eq 1 ]]
  done
  [[ ! -e $work/none.npy && ! -e $work/bad.keras ]]
fi
