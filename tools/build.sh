#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json.
# Usage: tools/build.sh PRESET [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?usage: tools/build.sh PRESET [TARGET...]}
shift

started=$SECONDS
echo "build: $preset in build/$preset (${*:-everything})"
log=build/$preset.log
mkdir -p build
# Ninja's progress is for a terminal; elsewhere only what went wrong is worth its lines.
if [ -t 1 ]; then
  cmake --preset "$preset" >"$log" || { cat "$log"; exit 1; }
  cmake --build --preset "$preset" -j "${JOBS:-$(nproc)}" ${1:+--target "$@"}
else
  if ! { cmake --preset "$preset" && cmake --build --preset "$preset" -j "${JOBS:-$(nproc)}" ${1:+--target "$@"}; } \
      >"$log" 2>&1; then
    grep -E -A12 'error|FAILED' "$log" | head -120 || true
    tail -5 "$log"
    exit 1
  fi
fi
echo "build: $preset done in $((SECONDS - started)) s"
