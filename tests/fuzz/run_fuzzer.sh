#!/usr/bin/env bash
# Runs one libFuzzer program briefly: first every seed and what crashed in earlier runs, then FUZZ_SECONDS (default 10) of
# new inputs. FUZZ_SEED (default 1) decides which ones come in which order; with 0 each run has its own.
# New inputs are kept in a temporary folder; what crashes, in FUZZ_FINDINGS (default build/fuzz-findings).
set -euo pipefail
program=${1:?usage: run_fuzzer.sh PROGRAM [SEED-FOLDER...]}
shift
findings=${FUZZ_FINDINGS:-$(dirname "$program")/../../fuzz-findings}
seed=${FUZZ_SEED:-1}
mkdir -p "$findings"
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT
find "$findings" -maxdepth 1 -type f -name "$(basename "$program")-*" -exec cp -t "$corpus" {} +
# What libFuzzer takes for new coverage depends on addresses too: they stay where they are, where the kernel allows it.
fixed=()
if [ "$seed" != 0 ] && setarch -R true 2>/dev/null; then
  fixed=(setarch -R)
fi
"${fixed[@]}" "$program" -seed="$seed" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=5 -rss_limit_mb=2048 \
  -malloc_limit_mb=512 -max_len=65536 -print_final_stats=1 -verbosity=1 \
  -artifact_prefix="$findings/$(basename "$program")-" "$corpus" "$@"
