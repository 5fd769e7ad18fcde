#!/usr/bin/env bash
# Prints a folder of cats and dogs to train on: train/{cats,dogs} and validation/{cats,dogs}. Taken is the first that
# is to be had of: --data, $TANUKI_CATS_VS_DOGS, photos out of the archive of the Kaggle competition, drawn pets.
# usage: scripts/fetch_photos.sh [--data FOLDER] [--drawn]
source "$(dirname "$0")/common.sh"

archive=kagglecatsanddogs_5340.zip
archive_url=https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/$archive
train=200 validation=100  # photos a class taken from the archive's 12,500: as many as a demonstration has time for

fetch_archive() {
  local file=$cache/$archive
  [[ ! -f $file ]] || return 0
  say "Looking for photos (788 MB, for the first time only): $archive_url"
  curl --fail --location --silent --show-error --connect-timeout 5 --speed-limit 3000000 --speed-time 15 --max-time 240 \
    --continue-at - --output "$file.part" "$archive_url" >&2 || return 1
  command -v unzip >/dev/null || scripts/setup.sh unzip || return 1
  # No checksum is published: the archive's own are checked, and that as many photos are in it as there should be.
  if ! unzip -tqq "$file.part" &>/dev/null || [[ $(photos Cat "$file.part" | wc -l) -lt 12000 || $(photos Dog "$file.part" | wc -l) -lt 12000 ]]; then
    say "What came is no whole archive of cats and dogs; it is thrown away."
    rm -f "$file.part"
    return 1
  fi
  mv "$file.part" "$file"
}

photos() {  # CLASS ARCHIVE: the names of its photos, in the order of their numbers
  unzip -Z1 "$2" "PetImages/$1/*.jpg" | sort -V
}

# The first photos of each class.
take_photos() {
  local folder=$cache/cats_vs_dogs temporary class names
  if [[ ! -d $folder ]]; then
    fetch_archive || return 1
    rm -rf "$cache"/photos.*
    temporary=$(mktemp -d "$cache/photos.XXXXXX")
    for class in Cat Dog; do
      mapfile -t names < <(photos "$class" "$cache/$archive" | sed "$((train + validation))q")
      for split in train validation; do
        local into=$temporary/pets/$split/${class,}s
        mkdir -p "$into"
        unzip -qq -j "$cache/$archive" "${names[@]:0:${!split}}" -d "$into" >&2 || return 1
        names=("${names[@]:${!split}}")
      done
    done
    mv "$temporary/pets" "$folder"
    rm -rf "$temporary"
  fi
  say "Photos: $train + $train cats and dogs of the Kaggle competition to train on, $validation + $validation to validate with."
  echo "$folder"
}

draw() {
  local folder=out/drawn_pets
  [[ -x build/bin/draw_pets ]] || build draw_pets_program
  rm -rf "$folder"
  build/bin/draw_pets "$folder" >&2
  say "These pets are drawn, not photographed, and easy to tell apart. For photos give --data or set TANUKI_CATS_VS_DOGS."
  echo "$folder"
}

data=${TANUKI_CATS_VS_DOGS:-}
drawn=false
while [[ $# -gt 0 ]]; do
  case $1 in
    --data)
      [[ -n ${2:-} ]] || die "--data needs a folder"
      data=$2 && shift
      ;;
    --data=*) data=${1#*=} ;;
    --drawn) drawn=true ;;
    *) die "unknown option '$1'; usage: scripts/fetch_photos.sh [--data FOLDER] [--drawn]" ;;
  esac
  shift
done

if $drawn; then
  draw
elif [[ -n $data ]]; then
  [[ -d $data ]] || die "the folder of photos '$data' is not there"
  say "Photos: $data"
  echo "$data"
else
  lock_cache
  take_photos || {
    say "No photos from the network."
    draw
  }
fi
