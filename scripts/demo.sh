#!/usr/bin/env bash
# From a fresh machine to a fine-tuned network: sets up, fetches Xception's ImageNet weights and photos of cats and dogs,
# builds examples/cats_vs_dogs.cpp and runs it.
# usage: scripts/demo.sh [--data FOLDER] [--weights FILE] [--out FOLDER] [options for cats_vs_dogs…]
source "$(dirname "$0")/common.sh"

out=out/demo
weights=""
photo_options=()
options=()
help=false
while [[ $# -gt 0 ]]; do
  case $1 in
    --data=* | --weights=* | --out=*)
      set -- "${1%%=*}" "${1#*=}" "${@:2}"
      continue
      ;;
    --data | --weights | --out)
      [[ -n ${2:-} ]] || die "$1 needs a name; usage: scripts/demo.sh [--data FOLDER] [--weights FILE] [--out FOLDER] [more…]"
      case $1 in
        --data)
          [[ -d $2 ]] || die "'$2' is not there; expected a folder of photos"
          photo_options=(--data "$2")
          ;;
        --weights) weights=$2 ;;
        --out) out=$2 ;;
      esac
      shift
      ;;
    -h | --help) help=true ;;
    *) options+=("$1") ;;
  esac
  shift
done

if $help; then
  cat <<'HELP'
usage: make demo ARGS="[--data FOLDER] [--weights FILE] [--out FOLDER] [options for cats_vs_dogs…]"
Without options it is:
  --data FOLDER          $TANUKI_CATS_VS_DOGS, else what scripts/fetch_photos.sh can get: photos, or drawn pets
  --weights FILE         what scripts/fetch_weights.sh can get, kept in $TANUKI_CACHE, else ~/.cache/tanuki
  --out out/demo
  --fine-tune-epochs 2
All else, as build/bin/cats_vs_dogs has it; what it says of these four is not so here:

HELP
fi
scripts/setup.sh
build cats_vs_dogs_program tanuki_program draw_pets_program
if $help; then
  exec build/bin/cats_vs_dogs --help
fi
weights=${weights:-$(scripts/fetch_weights.sh)}
photos=$(scripts/fetch_photos.sh "${photo_options[@]}")

# The guide fine-tunes for ten epochs; two fit into ten minutes on two cores.
[[ " ${options[*]} " == *" --fine-tune-epochs"* ]] || options+=(--fine-tune-epochs 2)
build/bin/cats_vs_dogs --weights "$weights" --data "$photos" --out "$out" "${options[@]}"

accuracy=$(tr -d ' \n' <"$out/history.json" | grep -oE '"val_binary_accuracy":\[[^]]+' | grep -oE '[0-9.]+$' | tail -n 1 || true)
[[ -z $accuracy ]] || accuracy=$(LC_ALL=C printf '%.3f' "$accuracy")
echo
echo "Validation accuracy ${accuracy:-unknown}, in $((SECONDS / 60)) min $((SECONDS % 60)) s from the first command to here. Have a look at:"
for picture in report.html augmented.png history.svg; do
  [[ ! -f $out/$picture ]] || echo "  $(realpath "$out/$picture")"
done
