#!/usr/bin/env bash
# clang-format on every source.
# usage: scripts/format.sh [--dry-run -Werror]
source "$(dirname "$0")/common.sh"

command -v clang-format >/dev/null || scripts/setup.sh clang-format
find include precompiled tests examples tools benchmarks \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu*' \) -print0 2>/dev/null |
  xargs -0 --no-run-if-empty clang-format -i "$@"
