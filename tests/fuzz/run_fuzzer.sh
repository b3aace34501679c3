#!/usr/bin/env bash
# Runs one libFuzzer program briefly: first every seed, then FUZZ_SECONDS (default 10) of new inputs.
# New inputs are kept in a temporary folder; what crashes, in FUZZ_FINDINGS (default build/fuzz-findings).
set -euo pipefail
program=${1:?usage: run_fuzzer.sh PROGRAM [SEED-FOLDER...]}
shift
findings=${FUZZ_FINDINGS:-$(dirname "$program")/../../fuzz-findings}
mkdir -p "$findings"
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
"$program" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=5 -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=65536 \
  -print_final_stats=1 -verbosity=1 -artifact_prefix="$findings/$(basename "$program")-" "$corpus" "$@"
