#!/usr/bin/env bash
# The command-line tool: converting every kind of Keras file, and refusing what is none.
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
expect 2 "ubcommand" "$tanuki" frobnicate
expect 0 "convert" "$tanuki" --help

# Nothing is written over what is no weights' file: the source itself, another format's name, a device.
cp "$goldens/keras/functional.keras" "$work/model.keras"
expect 1 "model.keras" "$tanuki" convert "$work/model.keras" "$work/model.keras"
expect 1 "out.h5" "$tanuki" convert "$work/model.keras" "$work/out.h5"
mkfifo "$work/pipe"
expect 1 "no regular file" "$tanuki" convert "$work/model.keras" "$work/pipe"
cmp "$work/model.keras" "$goldens/keras/functional.keras"
[[ ! -e $work/out.h5 && -p $work/pipe ]]

# A file that grows too large says which one it was, and leaves nothing.
mkdir "$work/small"
(ulimit -f 1 && expect 1 "cannot write '$work/small/out.safetensors'" "$tanuki" convert --quiet "$work/model.keras" "$work/small/out.safetensors")
[[ -z $(ls -A "$work/small") ]]
