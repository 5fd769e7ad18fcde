#!/usr/bin/env bash
# Sets up, builds, fetches the weights and runs every test.
# usage: scripts/test.sh [ctest options…]
source "$(dirname "$0")/common.sh"

scripts/setup.sh
scripts/setup.sh chromium || say "No browser: the report's page is not looked at, its test will say SKIP."
build all
scripts/fetch_weights.sh >/dev/null || say "No ImageNet weights: the tests that need them will say SKIP."
scripts/fetch_weights.sh --kitchenware >/dev/null || say "No Kitchenware photos: their tests will say SKIP."

status=0
ctest --test-dir build --output-on-failure --parallel "$(nproc)" "$@" || status=$?
if skipped=$(grep -ah "SKIP: " build/Testing/Temporary/LastTest.log); then
  echo "Skipped in part:"
  sort -u <<<"$skipped"
fi
exit $status
