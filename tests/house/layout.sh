#!/usr/bin/env bash
# The rules of the house that can be read off the text: the direction of includes, who may name Eigen, CUDA,
# HDF5 and libjpeg, and the length of a file.
# usage: layout.sh PROJECT
set -euo pipefail
shopt -s globstar nullglob
cd "$1"

# folder: the folders that it may include, besides itself. A row names only rows above it, so there is no cycle.
# Umbrellas (include/tanuki/*.hpp) may include all; nobody includes an umbrella.
declare -A may=(
  [core]=""
  [ops]="core"
  [backend]="core ops"
  [data]="core"
  [layers]="core ops"
  [losses]="core ops"
  [metrics]="core ops losses"
  [optimizers]="core ops"
  [models]="core ops layers"
  [training]="core ops data layers losses metrics optimizers models"
  [io]="core ops data layers losses metrics optimizers models training"
  [callbacks]="core data models training io"
  [applications]="core ops data layers models io"
  [precompiled]=""
)

broken=0
complain() {
  echo "$*"
  broken=1
}

check_include() {  # FILE FOLDER TARGET: `#include "TARGET"`
  local file=$1 folder=$2 target=$3 to
  [[ $target == tanuki/* ]] || return 0
  [[ -f include/$target ]] || complain "$file: includes \"$target\", which is not there"
  [[ -n $folder ]] || return 0
  to=${target#tanuki/}
  [[ $to == */* ]] || { complain "$file: includes the umbrella \"$target\""; return 0; }
  if [[ $folder == backend ]]; then
    local own=${file#include/tanuki/backend/} other=${to#backend/}
    [[ $to != backend/* || ${own%%/*} == "${other%%/*}" ]] || complain "$file: includes another backend, \"$target\""
  fi
  to=${to%%/*}
  [[ " $folder ${may[$folder]} " == *" $to "* ]] ||
    complain "$file: '$folder' may include { $folder ${may[$folder]} }, not \"$target\""
}

for file in include/tanuki/**/*.{hpp,inc}; do
  inner=${file#include/tanuki/}
  folder=""
  if [[ $inner == */* ]]; then
    folder=${inner%%/*}
    [[ -v may[$folder] ]] || { complain "$file: the folder '$folder' is not on the map; see tests/house/layout.sh"; continue; }
  fi
  [[ $file == *.inc || $(head -n 1 "$file") == "#pragma once" ]] || complain "$file: does not begin with #pragma once"
  while read -r target; do
    [[ $target == tanuki/* ]] || complain "$file: \"$target\" is not written from the root (\"tanuki/…\")"
    check_include "$file" "$folder" "$target"
  done < <(sed -nE 's/^ *# *include *"([^"]+)".*/\1/p' "$file")
  while read -r target; do
    case $target in
      tanuki/*) complain "$file: <$target> is ours: write it with quotes" ;;
      Eigen/* | unsupported/Eigen/*)
        [[ $inner == backend/eigen/* ]] || complain "$file: <$target> belongs under backend/eigen" ;;
      cuda* | cudnn* | cublas* | nvrtc* | nccl*)
        [[ $inner == backend/cuda/* ]] || complain "$file: <$target> belongs under backend/cuda" ;;
      jpeglib.h | jerror.h)
        [[ $inner == data/libjpeg.hpp ]] || complain "$file: <$target> belongs in data/libjpeg.hpp" ;;
      hdf5.h | zip.h | H5*)
        [[ $inner == io/keras* ]] || complain "$file: <$target> belongs under io/keras" ;;
    esac
  done < <(sed -nE 's/^ *# *include *<([^>]+)>.*/\1/p' "$file")
done

# Whoever adds a layer may forget that others want it compiled once.
while read -r layer; do
  grep -q "class $layer<" include/tanuki/precompiled/layers.inc || complain "include/tanuki/precompiled/layers.inc: $layer is missing"
done < <(sed -nE 's/.*operator\(\)<([A-Za-z0-9]+)<B>>.*/\1/p' include/tanuki/io/keras/config/own_layers.hpp)

if grep -nE '# *include.*(cuda|keras|distributed)' include/tanuki/{tanuki,any_backend}.hpp; then
  complain "include/tanuki/tanuki.hpp: mentions an opt-in umbrella (see above)"
fi

# The files of a test folder are one program, in which a name stands for one thing.
twice=$(sed -nE 's/^(class|struct) ([A-Za-z0-9_]+) .*\{.*/\2/p' tests/**/*.hpp | sort | uniq -d)
[[ -z $twice ]] || complain "tests: two headers define ${twice//$'\n'/ }"

for file in {include,examples,tools,tests,benchmarks,scripts,cmake}/**/*.{hpp,inc,cpp,cuh,cu,py,sh,cmake} CMakeLists.txt; do
  lines=$(wc -l <"$file")
  [[ $lines -le 400 ]] || complain "$file: $lines lines, at most 400 are allowed"
done

exit $broken
