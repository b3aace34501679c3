#!/usr/bin/env bash
# Passes when the fuzz harness finds the canary's planted bug within a minute, and fails when it does not.
# Usage: expect_finding.sh RUN_FUZZER PROGRAM
set -uo pipefail
findings=$(mktemp -d)
log=$findings/log
trap 'rm -rf "$findings"' EXIT
if FUZZ_FINDINGS=$findings/ FUZZ_SECONDS=60 "$1" "$2" >"$log" 2>&1; then
  echo "the harness ran the canary and found nothing: it cannot find bugs"
  tail -20 "$log"
  exit 1
fi
if ! grep -q 'AddressSanitizer: heap-buffer-overflow' "$log"; then
  echo "the canary failed, but not by its planted bug:"
  tail -20 "$log"
  exit 1
fi
echo "found: $(grep -m1 'AddressSanitizer: heap-buffer-overflow' "$log")"
