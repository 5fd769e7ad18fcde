#!/usr/bin/env bash
# demo.sh in a copy of the scripts, where the program to train only says what it was given.
# usage: demo.sh TANUKI WORK_FOLDER
set -euo pipefail
work=$2
rm -rf "$work"
mkdir -p "$work/bin" "$work/build/bin" "$work/photos"
cp -r "$1/scripts" "$work/scripts"
export TANUKI_CACHE=$work/cache PATH=$work/bin:$PATH
unset TANUKI_CATS_VS_DOGS
mkdir "$TANUKI_CACHE"
touch "$TANUKI_CACHE/xception_notop.safetensors"

program() {  # PATH BODY
  printf '#!/usr/bin/env bash\n%s\n' "$2" >"$work/$1"
  chmod +x "$work/$1"
}
program bin/cmake 'exit 0'
program scripts/setup.sh 'exit 0'
program build/bin/cats_vs_dogs 'echo "given: $*"
while [[ $# -gt 0 && $1 != --out ]]; do shift; done
[[ $# -eq 0 ]] || { mkdir -p "$2" && echo "{\"val_binary_accuracy\": [0.5, 0.75]}" >"$2/history.json"; }'

expect() {  # STATUS TEXT OPTIONS…: the exit status of demo.sh, and words of what it says
  local status=0 wanted=$1 text=$2
  shift 2
  said=$("$work/scripts/demo.sh" "$@" 2>&1) || status=$?
  [[ $status -eq $wanted && $said == *"$text"* ]] || {
    echo "demo.sh $*: status $status, expected $wanted with '$text'. It said:"
    echo "$said"
    exit 1
  }
}
cached=$TANUKI_CACHE/xception_notop.safetensors photos=$work/photos

expect 0 "given: --weights $cached --data $photos --out out/demo --fine-tune-epochs 2" --data "$photos"
[[ $said == *"Validation accuracy 0.750,"* ]]
expect 0 "given: --weights $cached --data $photos --out there --epochs 1 --fine-tune-epochs=0" \
  --data="$photos" --out=there --epochs 1 --fine-tune-epochs=0
expect 0 "given: --weights mine --data $photos --out out/demo --fine-tune-epochs 2" --weights mine --data "$photos"

# The accuracy of an earlier run is not that of a run that only printed its help.
expect 0 "given: --help" --data "$photos" --help
[[ $said != *"accuracy"* ]]
[[ $said == *"--out out/demo"*"--fine-tune-epochs 2"*"given: --help"* ]]

for option in --data --weights --out; do expect 1 "error: $option needs a name" "$option"; done
expect 1 "'$work/nowhere' is not there" --data "$work/nowhere"
