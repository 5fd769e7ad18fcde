#!/usr/bin/env bash
# Writes each ```cpp block of a page into the file that the text before it names last: `app/x.hpp`, `include/x.hpp`, `tests/x.cpp`.
# usage: extract.sh PAGE FOLDER
set -euo pipefail

rm -rf "$2"
awk -v folder="$2" '
  /^```/ && inside { inside = 0; close(file); next }
  /^```cpp/ && path { inside = 1; file = folder "/" path; path = ""
                      parent = file; sub(/[^\/]*$/, "", parent); system("mkdir -p " parent); next }
  inside { print > file; next }
  match($0, /`(app|include|tests)\/[a-z0-9_\/]+\.[ch]pp`/) { path = substr($0, RSTART + 1, RLENGTH - 2) }
' "$1"
