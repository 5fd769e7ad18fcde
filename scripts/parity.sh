#!/usr/bin/env bash
# Compares tanuki afresh with Keras, which it installs (some 2 GB in the cache): the small models of
# scripts/reference/models with another seed, what they predict and learn; files that tanuki writes, read by Keras and by
# TensorBoard; and the families of keras.applications with random weights.
# usage: scripts/parity.sh [--seed N] [--all]   --all: every size of every family, some of which take minutes
source "$(dirname "$0")/common.sh"

seed=$((RANDOM + 1)) all=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seed) seed=${2:?--seed needs a number} && shift 2 ;;
    --all) all=(--all) && shift ;;
    *) die "usage: scripts/parity.sh [--seed N] [--all]" ;;
  esac
done

scripts/setup.sh python3-venv
build tests_parity tests_callbacks tanuki_program
python=$cache/reference/bin/python
if ! "$python" -c "import keras, h5py, tensorboard" 2>/dev/null; then
  say "Installing Keras and TensorFlow into $cache/reference"
  python3 -m venv "$cache/reference"
  "$python" -m pip install --quiet --requirement scripts/reference/requirements.txt >&2
fi

models=build/parity/models
rm -rf build/parity && mkdir -p "$models"
echo "== small models, seed $seed"
"$python" scripts/reference/models/generate.py --out "$models" --seed "$seed" >build/parity/generate.log ||
  die "the models could not be made, see build/parity/generate.log"
TANUKI_MODELS=$models build/bin/tests_parity
echo "== tanuki's files in Keras"
"$python" scripts/reference/round_trip.py --models "$models" --tanuki build/bin/tanuki
echo "== tanuki's files in TensorBoard"
"$python" scripts/reference/tensorboard_files.py --tests build/bin/tests_callbacks
echo "== keras.applications"
"$python" scripts/reference/families.py --tanuki build/bin/tanuki --seed "$seed" "${all[@]}"
