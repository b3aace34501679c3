#!/usr/bin/env bash
# Passes when tools/demo.sh fails where it must: a worker that exits, a worker that gives another answer than expected,
# and nothing to test. Needs RBEE and RBEE_WORKER.
# Usage: demo_notices.sh SOURCE-FOLDER
set -uo pipefail
root=${1:?usage: demo_notices.sh SOURCE-FOLDER}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# expect_failure WHAT LINE COMMAND...: COMMAND must fail, and print LINE.
expect_failure() {
  local what=$1 line=$2 output
  shift 2
  if output=$("$@" 2>&1); then
    echo "the demo passed with $what"
    exit 1
  fi
  if ! grep -qF -- "$line" <<<"$output"; then
    printf 'with %s, the demo did not print "%s" but:\n%s\n' "$what" "$line" "$output"
    exit 1
  fi
  echo "noticed: $what"
}

expect_failure "a worker that exits at once" '  Failed:  1' \
  env RBEE_WORKER=/bin/false "$root/tools/demo.sh" --backend cpu models/demo-qwen

cp -r "$root/models/demo-qwen" "$folder/wrong-answer"
jq '.cases[2].text = "The capital of Norway is Bergen."' "$root/models/demo-qwen/expected.json" \
  >"$folder/wrong-answer/expected.json"
expect_failure "a wrong answer" "expected 'The capital of Norway is Bergen.'" \
  "$root/tools/demo.sh" --backend cpu "$folder/wrong-answer"

mkdir "$folder/nothing"
expect_failure "nothing to test" 'was not imported' "$root/tools/demo.sh" "$folder/nothing"
