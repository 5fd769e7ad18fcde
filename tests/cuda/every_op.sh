#!/usr/bin/env bash
# Every op has a kernel in each backend, of which backend.hpp includes it.
# usage: every_op.sh TANUKI
set -euo pipefail
cd "$1"
broken=0
kernels() {  # TAG FILE…: the kernels that these files specialise
  local tag=$1
  shift
  sed -nE "s/^struct (\w+Kernel)<$tag> \{.*/\1/p" "$@" | sort
}
included() { sed -nE 's|^#include "tanuki/(.*)"|\1|p' "backend/$1/backend.hpp"; }

declared=$(sed -nE 's/^struct (\w+Kernel) \{.*/\1/p' ops/*.hpp | sort)
[[ -n $declared ]] || { echo "no op was found"; exit 1; }
for backend in "eigen Cpu" "cuda Cuda"; do
  read -r folder tag <<<"$backend"
  mapfile -t files < <(included "$folder")
  missing=$(comm -3 <(echo "$declared") <(kernels "$tag" "${files[@]}"))
  [[ -z $missing ]] || { echo "backend/$folder/backend.hpp lacks, or has without an op: ${missing//[$'\n\t']/ }"; broken=1; }
done
exit $broken
