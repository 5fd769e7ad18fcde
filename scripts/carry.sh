#!/usr/bin/env bash
# Copies what Debian's packages have for building tanuki (headers, CMake packages, libraries and what these need) into build/carried, to
# be taken along with the sources to a machine that has no network: gpu_check.sh builds with it where it is there.
# usage: scripts/carry.sh
source "$(dirname "$0")/common.sh"

[[ $# -eq 0 ]] || die "usage: scripts/carry.sh"
command -v dpkg >/dev/null || die "this is no Debian system, of whose packages the files are taken"
folder=build/carried
scripts/setup.sh
rm -rf "$folder"
mkdir -p "$folder"

# Of each package the headers, the CMake packages and the libraries but for large static ones.
dpkg -L "${library_packages[@]}" | grep -E '^/usr/(include|lib|share/(cmake|eigen3))/' | grep -vE '/libhdf5.*\.a$|/pkgconfig/|\.mod$' | sort -u |
  while read -r file; do [[ -d $file && ! -L $file ]] || echo "${file#/}"; done |
  tar --create --directory / --no-recursion --files-from - | tar --extract --directory "$folder"

# The libraries themselves, which are in packages of their own, and all that they load but for the system's.
system='lib(c|m|dl|rt|pthread|resolv|stdc\+\+|gcc_s)\.so'
for name in hdf5_serial zip jpeg benchmark; do
  link=$(find "$folder/usr/lib" -name "lib$name.so")
  cp --no-dereference "/${link#"$folder"/}"* "$(dirname "$link")"
  ldd "/${link#"$folder"/}" | sed -nE 's/^\s+(\S+) => (\S+) .*/\1 \2/p' | { grep -vE "^$system" || true; } |
    while read -r soname path; do cp --no-clobber "$path" "$(dirname "$link")/$soname"; done
done
echo "$folder"
