#!/usr/bin/env bash
# The guide's snippets about `trainable` print what the guide says.
source "$(dirname "$0")/common.sh"
"$bin/trainable" >"$work/printed"
counts() { grep -A3 -- "^$1\$" "$work/printed" | sed -nE 's/.*: ([0-9]+)$/\1/p' | paste -sd/; }
[[ $(counts "Dense") == 2/2/0 && $(counts "BatchNormalization") == 4/2/2 && $(counts "Dense, frozen") == 2/0/2 ]]
grep -q "layer1 after fit: unchanged" "$work/printed"
grep -q "inner model: frozen, its first layer: frozen" "$work/printed"
