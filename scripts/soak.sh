#!/usr/bin/env bash
# Kills a training at random moments, far more often than `make test` does.
# usage: scripts/soak.sh [KILLS] [SEED]
source "$(dirname "$0")/common.sh"

build resume_train
tests/resume/kill.sh "$PWD/build/bin/resume_train" "${1:-200}" "${2:-$RANDOM}"
