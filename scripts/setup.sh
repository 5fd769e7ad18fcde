#!/usr/bin/env bash
# Installs the Debian packages that tanuki is built and tested with, as far as they are missing.
# usage: scripts/setup.sh [further packages…]
source "$(dirname "$0")/common.sh"

packages=(
  g++ make cmake ninja-build ccache                         # building
  "${library_packages[@]}"
  curl ca-certificates                                      # fetching weights
  "$@"
)

if ! command -v dpkg-query >/dev/null; then
  say "This is no Debian system, so nothing is installed. tanuki needs what Debian calls: ${packages[*]}"
  exit 0
fi

installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qx "$package installed" <<<"$installed" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [[ $(id -u) -eq 0 ]]; then
  root=(env)
elif command -v sudo >/dev/null; then
  root=(sudo)
else
  die "packages are missing, and installing them needs root or sudo. As root, run: ${install[*]}"
fi

say "Installing: ${missing[*]}"
"${root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists as they are"
"${root[@]}" DEBIAN_FRONTEND=noninteractive "${install[@]}" >&2 || die "apt-get could not install: ${missing[*]}"
