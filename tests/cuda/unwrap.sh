#!/usr/bin/env bash
# The kernels of backend/cuda/kernels as C++ for the emulator: the raw strings without their quotes, a namespace a file,
# and a table of all of them. Lines keep their numbers, so that errors and debuggers point into the files themselves.
# usage: unwrap.sh KERNELS OUT.hpp
set -euo pipefail
kernels=$(realpath "$1")
out=$2

code() {  # FILE
  echo "#line 2 \"$1\""
  sed -e '1{/^R"cuda($/d}' -e '${/^)cuda"$/d}' "$1"
}

{
  echo "namespace tanuki::emulator::kernels {"
  code "$kernels/common.inc"
  for file in "$kernels"/*.inc; do
    name=$(basename "$file" .inc)
    [[ $name != common ]] || continue
    echo "namespace $name {"
    code "$file"
    echo "}  // namespace $name"
  done
  echo "}  // namespace tanuki::emulator::kernels"
  echo "#define TANUKI_EMULATED_KERNELS(X) \\"
  for file in "$kernels"/*.inc; do
    sed -nE "s/^TANUKI_KERNEL ([a-z0-9_]+)\(.*/  X($(basename "$file" .inc), \1) \\\\/p" "$file"
  done
  echo
} >"$out.new"
cmp -s "$out.new" "$out" || cp "$out.new" "$out"
rm "$out.new"
