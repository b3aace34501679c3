#!/usr/bin/env bash
# Runs the benchmark programs of build/release/bench, one after the other.
# Usage: tools/bench.sh [PROGRAM...]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=("$@")
[ ${#programs[@]} -gt 0 ] || mapfile -t programs < <(find build/release/bench -type f -executable | sort)
if [ ${#programs[@]} = 0 ]; then
  echo "bench: no benchmark programs in build/release/bench" >&2
  exit 1
fi
for program in "${programs[@]}"; do
  echo "== $program"
  "$program"
done
