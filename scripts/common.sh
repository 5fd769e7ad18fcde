# shellcheck shell=bash
# Read by the other scripts: where things are, and how they speak. What a script is asked for goes to stdout,
# all else to stderr.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=${TANUKI_CACHE:-$HOME/.cache/tanuki}

# Debian's packages that the library, its programs and its tests are built with.
library_packages=(
  libeigen3-dev libstb-dev nlohmann-json3-dev               # the library
  libhdf5-dev libzip-dev                                    # tanuki/keras.hpp
  libjpeg62-turbo-dev                                       # tanuki::jpeg
  libcli11-dev catch2 libbenchmark-dev                      # programs, tests, benchmarks
)

say() { echo "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# One process at a time fills the cache; the others wait and then find it filled.
lock_cache() {
  mkdir -p "$cache"
  exec 9>"$cache/.lock"
  flock 9
}

# build targets…; `all` for everything.
build() {
  cmake --preset "${TANUKI_PRESET:-default}" >&2
  cmake --build build --parallel "$(nproc)" --target "$@" >&2
}
