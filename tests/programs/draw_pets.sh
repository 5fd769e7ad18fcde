#!/usr/bin/env bash
# The same seed draws the same pets, whatever the number of threads; another seed draws others.
source "$(dirname "$0")/common.sh"
expect 0 "Drew 12 cats and dogs" env TANUKI_NUM_THREADS=1 "$bin/draw_pets" "$work/one" --count 4 --seed 3
expect 0 "Drew 12 cats and dogs" env TANUKI_NUM_THREADS=3 "$bin/draw_pets" "$work/two" --count 4 --seed 3
expect 0 "Drew 12 cats and dogs" "$bin/draw_pets" "$work/other" --count 4 --seed 4
diff -r "$work/one" "$work/two"
[[ $(find "$work/one/train/cats" "$work/one/train/dogs" -name '*.jpg' | wc -l) -eq 8 ]]
[[ $(find "$work/one/validation/cats" "$work/one/validation/dogs" -name '*.jpg' | wc -l) -eq 4 ]]
[[ $(find "$work" -name '*.jpg' -print0 | xargs -0 sha256sum | cut -d' ' -f1 | sort -u | wc -l) -eq 24 ]]

touch "$work/file"
expect 1 "draw_pets:" "$bin/draw_pets" "$work/file"
expect 2 "--count" "$bin/draw_pets" "$work/few" --count 1
expect 2 "'-1' was given" "$bin/draw_pets" "$work/few" --seed -1
expect 2 "'99999999999999999999999' was given" "$bin/draw_pets" "$work/few" --seed 99999999999999999999999
[[ ! -e $work/few ]]
