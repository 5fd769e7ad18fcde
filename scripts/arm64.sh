#!/usr/bin/env bash
# Compiles tests for ARM with NEON and runs them under QEMU. Those of tests/backend by themselves: the kernels.
# usage: scripts/arm64.sh [tests/FOLDER/test_X.cpp…], of what needs no library but the C++ one
source "$(dirname "$0")/common.sh"

scripts/setup.sh g++-aarch64-linux-gnu qemu-user
[[ $# -gt 0 ]] || set -- tests/backend/*.cpp

out=build/arm64
mkdir -p "$out"
# Eigen and Catch2 are headers only, so those of this machine will do; -idirafter keeps its C library's out of the way.
compile=(aarch64-linux-gnu-g++ -std=c++20 -O2 -pthread -I. -Iinclude -isystem /usr/include/eigen3 -idirafter /usr/include)
printf '#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n' >"$out/main.cpp"
"${compile[@]}" -c "$out/main.cpp" -o "$out/main.o"
for source in "$@"; do
  program=$out/$(basename "$source" .cpp)
  say "== $source"
  "${compile[@]}" "$source" "$out/main.o" -o "$program"
  qemu-aarch64 -L /usr/aarch64-linux-gnu "$program"
done
