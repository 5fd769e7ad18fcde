#!/usr/bin/env bash
# Builds consumer.cpp in one of the ways that tanuki can be taken in, runs it and compares what it prints.
# usage: consume.sh find_package|add_subdirectory|fetch_content|compiler_alone TANUKI WORK_FOLDER COMPILER
set -euo pipefail
way=$1 tanuki=$2 work=$3 compiler=$4
here=$tanuki/tests/packaging
prefix=$work/prefix

rm -rf "$work"
options=(-DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS=-O2)

if [[ $way == find_package || $way == compiler_alone ]]; then
  cmake -S "$tanuki" -B "$work/tanuki" "${options[@]}" -DCMAKE_INSTALL_PREFIX="$prefix" \
    -DTANUKI_BUILD_TESTS=OFF -DTANUKI_BUILD_EXAMPLES=OFF -DTANUKI_BUILD_BENCHMARKS=OFF -DTANUKI_BUILD_TOOLS=OFF
  cmake --install "$work/tanuki"
fi

if [[ $way == compiler_alone ]]; then
  eigen=$(sed -n 's/^Eigen3_DIR:PATH=//p' "$work/tanuki/CMakeCache.txt")
  "$compiler" -std=c++20 -O2 -pthread -I"$prefix/include" -I"${eigen%/share/*}/include/eigen3" \
    "$here/consumer.cpp" -o "$work/consumer"
else
  cmake -S "$here/$way" -B "$work" "${options[@]}" -DCMAKE_PREFIX_PATH="$prefix" -DTANUKI_SOURCE="$tanuki"
  cmake --build "$work"
  cmake -S "$here/$way" -B "$work/plain" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix" -DTANUKI_SOURCE="$tanuki" 2>&1 |
    grep "CMAKE_BUILD_TYPE=Release"  # said where a user forgets it
fi

[[ $way != find_package ]] || "$work/jpeg" || { echo "tanuki::jpeg does not decode"; exit 1; }
[[ $way != find_package ]] || (cd "$work" && ./precompiled) || { echo "tanuki::precompiled_keras does not work"; exit 1; }
[[ ! -x $work/cuda ]] || "$work/cuda" || { echo "tanuki::cuda does not find the toolkit's libraries"; exit 1; }
printed=$("$work/consumer")
echo "$printed"
[[ $printed == $'2 2 0\n2 0 2' ]] || { echo "expected 2 2 0 and 2 0 2"; exit 1; }
