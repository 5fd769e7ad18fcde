# shellcheck shell=bash
# Read by the other scripts. usage: SCRIPT BIN GOLDENS
set -euo pipefail
# shellcheck disable=SC2034
bin=$1 goldens=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# expect STATUS TEXT COMMAND…: the command ends with that status and prints the text, which may be empty.
expect() {
  local wanted=$1 text=$2 status=0
  shift 2
  "$@" >"$work/printed" 2>&1 </dev/null || status=$?
  if [[ $status -ne $wanted ]] || { [[ -n $text ]] && ! grep -qF -- "$text" "$work/printed"; }; then
    echo "FAILED: $*"
    echo "expected status $wanted and «$text»; status $status, printed:"
    cat "$work/printed"
    exit 1
  fi
}
