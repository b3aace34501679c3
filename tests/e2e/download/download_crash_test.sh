#!/usr/bin/env bash
# Kills rbee-hive at system calls that change files while it downloads: the catalog stays whole, and the next run makes the
# model whole. Usage: download_crash_test.sh RBEE_HIVE HUB_STAND_IN MODEL_FOLDER
set -uo pipefail
hive=$1 stand_in=$2 model=$3
if ! { command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null; }; then
  echo "SKIP strace cannot trace here"
  exit 0
fi
root=$(mktemp -d)
hub_pid=
trap '[ -z "$hub_pid" ] || kill "$hub_pid"; rm -rf "$root"' EXIT
failures=0

fail() {
  echo "FAIL: $*"
  failures=$((failures + 1))
}

mkdir -p "$root/hub/tiny"
cp -r "$model" "$root/hub/tiny/qwen"
"$stand_in" --root "$root/hub" --with-parent >"$root/address" &
hub_pid=$!
for _ in $(seq 600); do
  grep -q http "$root/address" && break
  sleep 0.1
done
HF_ENDPOINT=$(grep -o 'http://.*' "$root/address")
export HF_ENDPOINT RBEE_HOME=$root/pool

runs=0
for call in renameat rename fsync; do
  for n in 1 3 7 20; do
    rm -rf "$root/pool"
    { # the shell itself reports what was killed
      strace -f -o "$root/trace" -e trace="$call" -e inject="$call:signal=SIGKILL:when=$n" \
        "$hive" models download tiny/qwen --jobs 1 >"$root/out" 2>&1
    } 2>/dev/null
    grep -q 'killed by SIGKILL' "$root/trace" || break
    runs=$((runs + 1))
    "$hive" models catalog --json >/dev/null 2>"$root/err" || fail "$call $n: the catalog: $(cat "$root/err")"
    "$hive" models download tiny/qwen >"$root/out" 2>&1 || fail "$call $n: does not go on: $(cat "$root/out")"
    "$hive" models verify --no-repair >"$root/out" 2>&1 || fail "$call $n: not whole: $(cat "$root/out")"
    for file in "$model"/*; do
      cmp -s "$file" "$root/pool/models/qwen/$(basename "$file")" || fail "$call $n: $file is another"
    done
    [ -e "$root/pool/models/qwen/.download" ] && fail "$call $n: .download is left"
  done
done
echo "killed $runs times"
[[ $runs -ge 5 ]] || fail "nothing was killed"
[[ $failures == 0 ]] && echo "PASS"
exit $((failures > 0))
